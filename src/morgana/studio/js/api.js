// @ts-check
/** The HTTP API of the server that this page comes from. */

import { forgetKey, key, newKey } from "./key.js";

/** @typedef {{loc: (string | number)[], msg: string, type: string}} Problem */
/**
 * @typedef {(share: number) => void} Sent told how much of a body is sent: 0 to 1
 * @typedef {{body?: FormData | string, headers?: Record<string, string>, signal?: AbortSignal, sent?: Sent}} Given
 */

/** The server, or the way to it, says no. `problems` are those of fields. */
export class Refusal extends Error {
  /**
   * @param {number} status 0 where the server cannot be reached
   * @param {string} code
   * @param {string} message for people
   * @param {Problem[]} [problems]
   */
  constructor(status, code, message, problems = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.problems = problems;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Given} [given]
 * @returns {Promise<Response>}
 */
export async function call(method, path, given = {}) {
  const answer = await attempt(method, path, given);
  if (answer.ok) return answer;
  const refusal = await refused(answer);
  if (answer.status !== 401) throw refusal;
  forgetKey();
  await newKey();
  return call(method, path, given);
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function get(path, signal) {
  return (await call("GET", path, { signal })).json();
}

/**
 * Have something made, once, even if the first answer is lost on the way.
 * @param {string} path
 * @param {FormData} body
 * @param {Sent} [sent]
 * @returns {Promise<any>}
 */
export async function create(path, body, sent) {
  const once = { body, sent, headers: { "Idempotency-Key": random() } };
  try {
    return await (await call("POST", path, once)).json();
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 0) throw error;
    await pause(1500);
    return (await call("POST", path, once)).json();
  }
}

/**
 * Everything in a list that comes in pages.
 * @param {string} path
 * @returns {Promise<any[]>}
 */
export async function everything(path) {
  const all = [];
  for (let after = ""; ; ) {
    const page = await get(`${path}?limit=100${after}`);
    all.push(...page.data);
    const last = page.data.at(-1);
    if (!page.has_more || !last) return all;
    after = `&after=${encodeURIComponent(last.id ?? last.name)}`;
  }
}

/**
 * Server-sent events, until the stream ends.
 * @param {(name: string, body: any) => void} tell
 * @param {AbortSignal} signal
 */
export async function listen(tell, signal) {
  const answer = await call("GET", "/v1/events", { signal });
  const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
  const decoder = new TextDecoder();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (name && data) tell(name, JSON.parse(data));
    }
  }
}

/** @param {number} milliseconds */
export function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Given} given
 */
async function attempt(method, path, { body, headers, signal, sent }) {
  try {
    const all = { ...headers, "x-api-key": await key() };
    return sent && body ? await sending(method, path, body, all, sent) : await fetch(path, { method, body, signal, headers: all });
  } catch (error) {
    if (signal?.aborted || !(error instanceof TypeError)) throw error;
    throw new Refusal(0, "unreachable", "The server cannot be reached. Nothing is lost: try again in a moment.");
  }
}

/**
 * As `fetch` does, which tells nothing of what is on its way.
 * @param {string} method
 * @param {string} path
 * @param {FormData | string} body
 * @param {Record<string, string>} headers
 * @param {Sent} sent
 * @returns {Promise<Response>}
 */
function sending(method, path, body, headers, sent) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.onprogress = ({ loaded, total }) => sent(total ? loaded / total : 0);
    request.onerror = () => fail(new TypeError("no answer"));
    request.onload = () => {
      const wait = request.getResponseHeader("retry-after");
      done(new Response(request.responseText, { status: request.status, headers: wait ? { "retry-after": wait } : {} }));
    };
    request.send(body);
  });
}

/** @param {Response} answer */
async function refused(answer) {
  const said = await answer.json().catch(() => ({}));
  if (Array.isArray(said.detail)) {
    return new Refusal(422, "invalid", said.detail[0]?.msg ?? "This cannot be used.", said.detail);
  }
  const code = said.error?.code ?? "unknown";
  const wait = Number(answer.headers.get("retry-after"));
  const busy = wait ? `You are ahead of the limit of this server. Try again in ${wait} s.` : "";
  return new Refusal(answer.status, code, busy || said.error?.message || "Something went wrong on the server. Try again.");
}

function random() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
