/** A server, reached over fetch: the key, errors as exceptions, and retries. */

import createClient, { type Client } from "openapi-fetch";
import { APIError, ConnectionError, MorganaError, ResponseError, TimeoutError, refusal } from "./errors.js";
import type { paths } from "./schema.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const LONGEST_ASKED_WAIT_S = 120; // a server that asks for more is not waited for

export interface Options {
  /** By default MORGANA_BASE_URL, else http://127.0.0.1:8000. */
  baseUrl?: string;
  /** By default MORGANA_API_KEY. */
  apiKey?: string;
  /** How long the server may take until it begins to answer; 60,000. */
  timeoutMs?: number;
  /** How often a request that failed for a reason that may pass is sent again; 4. */
  maxRetries?: number;
  /** In place of the global one, to set proxies or certificates. */
  fetch?: typeof fetch;
}

export class Connection {
  readonly base: string;
  /** Every operation of the API, with its types; errors are thrown. */
  readonly api: Client<paths>;
  readonly maxRetries: number;
  readonly #key: string;
  readonly #timeoutMs: number;
  readonly #fetch: typeof fetch;

  constructor(options: Options) {
    const environment = typeof process === "undefined" ? {} : process.env;
    const key = options.apiKey ?? environment.MORGANA_API_KEY;
    if (!key) {
      throw new MorganaError(
        "There is no API key. Give apiKey, or set MORGANA_API_KEY; `morgana keys create` makes one.",
      );
    }
    const base = options.baseUrl ?? environment.MORGANA_BASE_URL ?? "http://127.0.0.1:8000";
    this.base = base.replace(/\/+$/, "").replace(/\/v1$/, "");
    this.maxRetries = options.maxRetries ?? 4;
    this.#key = key;
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#fetch = options.fetch ?? fetch;
    this.api = createClient<paths>({ baseUrl: this.base, fetch: (request) => this.#send(request) });
  }

  /** A path under /v1. Throws for an id that would lead to another place. */
  path(...segments: string[]): string {
    if (segments.some((segment) => ["", ".", ".."].includes(segment))) {
      throw new RangeError(`There is no id ${JSON.stringify(segments.at(-1))}`);
    }
    return [`${this.base}/v1`, ...segments.map(encodeURIComponent)].join("/");
  }

  /** The result of the first attempt that succeeds; throws the error of the last one. */
  async retried<T>(attempt: (failures: number) => Promise<T>): Promise<T> {
    for (let failures = 0; ; ) {
      try {
        return await attempt(failures);
      } catch (error) {
        failures += 1;
        const wait = this.waitAfter(error, failures);
        if (wait === undefined) {
          throw error;
        }
        await sleep(wait);
      }
    }
  }

  /** Milliseconds until another attempt after so many failures in a row; undefined for none. */
  waitAfter(error: unknown, failures: number): number | undefined {
    if (failures > this.maxRetries || !passes(error)) {
      return undefined;
    }
    const asked = error instanceof APIError ? error.retryAfter : null;
    if (asked !== null) {
      return asked > LONGEST_ASKED_WAIT_S ? undefined : 1000 * asked + 250 * Math.random();
    }
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    return wait * (0.5 + Math.random() / 2);
  }

  /** The answer to one attempt, with its body still to be read. Throws APIError for an error status. */
  async open(request: Request): Promise<Response> {
    const headers = new Headers(request.headers);
    if (new URL(request.url).origin === new URL(this.base).origin) {
      headers.set("x-api-key", this.#key); // no other server learns it
    }
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#timeoutMs);
    let response: Response;
    try {
      // A request made here would be forgotten while it is waited for, and the signal with it (Node.js).
      response = await this.#fetch(request, { headers, redirect: "manual", signal: late.signal });
    } catch (error) {
      throw late.signal.aborted
        ? new TimeoutError(`The server did not answer within ${this.#timeoutMs} ms.`, { cause: error })
        : broken(error);
    } finally {
      clearTimeout(timer);
    }
    if (response.status >= 400) {
      throw await refusal(response);
    }
    return response;
  }

  /** The body of what is there, as text. */
  text(url: string): Promise<string> {
    return this.retried(async () => {
      const response = await this.open(new Request(url));
      return response.text().catch((error: unknown) => {
        throw broken(error);
      });
    });
  }

  /** For openapi-fetch: the whole answer, once it was retried. */
  #send(request: Request): Promise<Response> {
    return this.retried(async (failures) => {
      const last = failures === this.maxRetries;
      try {
        const response = await this.open(last ? request : request.clone());
        const body = await response.arrayBuffer().catch((error: unknown) => {
          throw broken(error);
        });
        return new Response(response.status === 204 ? null : body, response);
      } catch (error) {
        if (request.method === "DELETE" && failures > 0 && error instanceof APIError && error.status === 404) {
          return new Response(null, { status: 204 }); // an attempt whose answer was lost has deleted it
        }
        throw error;
      }
    });
  }
}

/** The answer of openapi-fetch, which has no error, as errors are thrown before. */
export async function told<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer.catch((error: unknown) => {
    throw error instanceof SyntaxError
      ? new ResponseError("The answer is not of this API. Is the base URL right?", { cause: error })
      : error;
  });
  if (data === undefined) {
    throw new ResponseError("The answer is empty. Is the base URL right?");
  }
  return data;
}

export function broken(error: unknown): ConnectionError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConnectionError(`The server cannot be reached, or the connection broke: ${reason}`, { cause: error });
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whether another attempt may succeed. */
function passes(error: unknown): boolean {
  if (error instanceof APIError) {
    const { status, code } = error;
    return status === 408 || status === 429 || (status >= 500 && status !== 501) || code === "idempotency_key_in_flight";
  }
  return error instanceof ConnectionError || error instanceof TimeoutError;
}
