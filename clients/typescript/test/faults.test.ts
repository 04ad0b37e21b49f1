import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import {
  APIError,
  ConnectionError,
  InvalidRequestError,
  JobCancelledError,
  JobFailedError,
  Morgana,
  MorganaError,
  RateLimitError,
  ResponseError,
  ServerError,
  TimeoutError,
  type JobEvent,
  type Video,
} from "../dist/index.js";
import { Faulty, answer, broken, hangUp, problem, type Reply } from "./faulty.ts";

Math.random = () => 0; // waits are half as long as they may be
const FILM = Buffer.from(Uint8Array.from({ length: 10_000 }, (_, at) => at));
const VIDEO = { id: "video_1", status: "PROCESSING", created_at: 1, video_id: "video_1", progress: 0 };
const DONE = { ...VIDEO, status: "COMPLETE", progress: 100 };

function client(faulty: Faulty, maxRetries = 4): Morgana {
  return new Morgana({ baseUrl: `${faulty.url}/v1/`, apiKey: "key", maxRetries });
}

const folders: string[] = [];
after(() => Promise.all(folders.map((place) => rm(place, { recursive: true }))));

async function folder(): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), "morgana-"));
  folders.push(place);
  return place;
}

/** What a good server answers to a Range. */
const rest: Reply = (response, asked) => {
  const start = Number(/^bytes=(\d+)-$/.exec(asked.headers.range ?? "")?.[1] ?? 0);
  const extent = { "content-range": `bytes ${start}-${FILM.length - 1}/${FILM.length}` };
  const goesOn = asked.headers["if-range"] === '"film"';
  answer(goesOn ? FILM.subarray(start) : FILM, goesOn ? 206 : 200, { etag: '"film"', ...(goesOn && extent) })(
    response,
    asked,
  );
};
const half = (arrived?: Promise<void>) => broken(FILM.subarray(0, 5000), FILM.length, { etag: '"film"' }, arrived);

test("a create whose answer is lost is sent again, as it was and under the same key", async () => {
  await using faulty = await Faulty.start(hangUp, answer(VIDEO));
  const path = join(await folder(), "face.png");
  await writeFile(path, "a face");
  const made = await client(faulty).videos.create({ image_reference: path, script: "Hello." });
  assert.equal(made.id, "video_1");
  const [first, second] = faulty.asked;
  assert.ok(first?.headers["idempotency-key"]);
  assert.equal(first.headers["idempotency-key"], second?.headers["idempotency-key"]);
  assert.equal(second?.headers["x-api-key"], "key");
  const parts = (body?: Buffer) => body?.toString().replaceAll(/-+formdata-undici-\d+/g, "--");
  assert.equal(parts(first.body), parts(second?.body));
  assert.match(String(first.body), /filename="face.png"[^]*a face/);
});

test("each create has a key of its own, unless one is given", async () => {
  await using faulty = await Faulty.start(answer(VIDEO));
  const { videos } = client(faulty);
  for (const given of [{}, {}, { idempotencyKey: "mine" }]) {
    await videos.create({ image_reference: new Uint8Array([1]), script: "Hello." }, given);
  }
  const keys = faulty.asked.map((one) => one.headers["idempotency-key"]);
  assert.equal(new Set(keys).size, 3);
  assert.equal(keys[2], "mine");
});

test("repeated fields are sent in their order, and what is decided for you is blank", async () => {
  await using faulty = await Faulty.start(answer({ id: "1", status: "QUEUED", created_at: 1, results: [], progress: 0 }));
  await client(faulty).overlays.create({ video: new Blob(["film"]), texts: ["a", "b"], fonts: ["", "Neon"], stroke: true });
  const form = await new Response(new Uint8Array(faulty.asked[0]!.body), {
    headers: { "content-type": faulty.asked[0]!.headers["content-type"]! },
  }).formData();
  assert.deepEqual(form.getAll("texts"), ["a", "b"]);
  assert.deepEqual(form.getAll("fonts"), ["", "Neon"]);
  assert.equal(form.get("stroke"), "true");
  assert.deepEqual([...new Set(form.keys())], ["video", "texts", "fonts", "stroke"]);
});

for (const [what, fault] of [
  ["a hang-up", hangUp],
  ["an error of the server", problem("internal_error", 500)],
  ["an attempt that is still being carried out", problem("idempotency_key_in_flight", 409, { "retry-after": "0" })],
  ["an answer that breaks off", broken(Buffer.from('{"id"'), 999)],
] as const) {
  test(`${what} is tried again`, async () => {
    await using faulty = await Faulty.start(fault, answer(VIDEO));
    assert.equal((await client(faulty).videos.retrieve("video_1")).id, "video_1");
    assert.equal(faulty.asked.length, 2);
  });
}

for (const [what, fault, error, asked] of [
  ["a hang-up", hangUp, ConnectionError, 2],
  ["an error of the server", problem("internal_error", 500), ServerError, 2],
  ["what will not pass", problem("upload_too_large", 413), InvalidRequestError, 1],
  ["a wait of an hour", problem("rate_limit_exceeded", 429, { "retry-after": "3600" }), RateLimitError, 1],
  ["silence", () => {}, TimeoutError, 2],
] as const) {
  test(`${what} is thrown in the end`, async () => {
    await using faulty = await Faulty.start(fault);
    const impatient = new Morgana({ baseUrl: faulty.url, apiKey: "key", maxRetries: 1, timeoutMs: 2000 });
    await assert.rejects(impatient.videos.retrieve("video_1"), error);
    assert.equal(faulty.asked.length, asked);
  });
}

test("a wait ends in time although memory is collected meanwhile", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  await using faulty = await Faulty.start(() => {});
  const impatient = new Morgana({ baseUrl: faulty.url, apiKey: "key", maxRetries: 0, timeoutMs: 500 });
  const collecting = setInterval(collect, 20);
  await assert.rejects(impatient.videos.retrieve("video_1"), TimeoutError).finally(() => clearInterval(collecting));
});

test("a server that says how long to wait is obeyed", async () => {
  await using faulty = await Faulty.start(problem("rate_limit_exceeded", 429, { "retry-after": "1" }), answer(VIDEO));
  const begun = performance.now();
  await client(faulty).videos.retrieve("video_1");
  assert.ok(performance.now() - begun >= 990);
});

test("each field with which something is wrong is named", async () => {
  const detail = [{ loc: ["body", "fonts", 1], msg: "There is no such font", type: "font_not_found" }];
  await using faulty = await Faulty.start(answer({ detail }, 422, { "x-request-id": "r1" }));
  const error = await client(faulty)
    .videos.retrieve("video_1")
    .catch((caught: unknown) => caught);
  assert.ok(error instanceof InvalidRequestError && error instanceof APIError && error instanceof MorganaError);
  assert.deepEqual([error.field, error.code, error.status, error.requestId], ["fonts.1", "font_not_found", 422, "r1"]);
  assert.equal(error.name, "InvalidRequestError");
  assert.match(error.message, /fonts.1: There is no such font/);
});

test("a page of a proxy is no video", async () => {
  await using faulty = await Faulty.start(answer(Buffer.from("<html>Welcome</html>")));
  await assert.rejects(client(faulty).videos.retrieve("video_1"), ResponseError);
});

test("a job is followed to its end", async () => {
  await using faulty = await Faulty.start(answer(VIDEO), answer(VIDEO), answer({ ...VIDEO, progress: 40 }), answer(DONE));
  const seen: Video[] = [];
  const done = await client(faulty).videos.wait("video_1", { onProgress: (now) => seen.push(now), pollMs: 5 });
  assert.deepEqual(
    seen.map((one) => one.progress),
    [0, 40, 100],
  );
  assert.equal(done.status, "COMPLETE");
});

test("why it failed is thrown, and that it was cancelled, and that it goes on", async () => {
  const failed = { ...VIDEO, status: "FAILED", error: { code: "no_face_detected", message: "Send another picture." } };
  await using faulty = await Faulty.start(answer(failed), answer({ ...VIDEO, status: "CANCELLED" }), answer(VIDEO));
  const { videos } = client(faulty);
  await assert.rejects(videos.wait("video_1"), (error) => {
    assert.ok(error instanceof JobFailedError);
    assert.deepEqual([error.code, error.message], ["no_face_detected", "Send another picture."]);
    return true;
  });
  await assert.rejects(videos.wait("video_1"), JobCancelledError);
  await assert.rejects(videos.wait("video_1", { timeoutMs: 30, pollMs: 10 }), TimeoutError);
});

test("lists go over all pages", async () => {
  const two = { ...VIDEO, id: "video_2" };
  await using faulty = await Faulty.start(answer([VIDEO, two]), answer([{ ...VIDEO, id: "video_3" }]));
  const found = await Array.fromAsync(client(faulty).videos.list({ limit: 2, order: "asc" }));
  assert.deepEqual(
    found.map((one) => one.id),
    ["video_1", "video_2", "video_3"],
  );
  assert.deepEqual(faulty.lines(), ["GET /v1/videos?limit=2&order=asc", "GET /v1/videos?limit=2&after=video_2&order=asc"]);
});

test("a delete whose answer is lost has deleted, and what never was is not found", async () => {
  await using faulty = await Faulty.start(answer(VIDEO), hangUp, problem("video_not_found", 404));
  await client(faulty).videos.delete("video_1");
  assert.equal(faulty.asked.length, 3);
  await assert.rejects(client(faulty).videos.delete("video_1"), { code: "video_not_found" });
});

test("a download goes on where the connection broke, without the key at another server", async () => {
  const arrived = Promise.withResolvers<void>();
  await using storage = await Faulty.start(half(arrived.promise), problem("link_expired", 403), rest);
  await using faulty = await Faulty.start(answer(null, 302, { location: `${storage.url}/film?signature=a%2Fb` }));
  const place = await folder();
  const shares: number[] = [];
  const onProgress = (share: number) => {
    shares.push(share);
    if (share >= 0.5) arrived.resolve();
  };
  await client(faulty).videos.download("video_1", join(place, "film.mp4"), { onProgress });
  assert.deepEqual(await readFile(join(place, "film.mp4")), FILM);
  assert.deepEqual(await readdir(place), ["film.mp4"]);
  assert.equal(storage.asked[2]?.headers.range, "bytes=5000-");
  assert.equal(storage.asked[2]?.headers["if-range"], '"film"');
  assert.ok(storage.asked.every((one) => one.headers["x-api-key"] === undefined));
  assert.equal(storage.lines()[0], "GET /film?signature=a%2Fb");
  assert.equal(shares.at(-1), 1);
});

test("a download that fails leaves an older file as it was, and nothing else", async () => {
  await using faulty = await Faulty.start(half(), hangUp);
  const place = await folder();
  await writeFile(join(place, "film.mp4"), "older");
  await assert.rejects(client(faulty, 1).videos.download("video_1", join(place, "film.mp4")), ConnectionError);
  assert.equal(String(await readFile(join(place, "film.mp4"))), "older");
  assert.deepEqual(await readdir(place), ["film.mp4"]);
});

test("a file that is another one by then is begun anew", async () => {
  await using faulty = await Faulty.start(half(), answer(Buffer.from("another"), 200, { etag: '"other"' }));
  const path = join(await folder(), "film.mp4");
  await client(faulty).videos.download("video_1", path);
  assert.equal(String(await readFile(path)), "another");
});

test("a stream that breaks off is not taken for a whole one", async () => {
  const arrived = Promise.withResolvers<void>();
  await using faulty = await Faulty.start(broken(Buffer.from("one"), 100, {}, arrived.promise));
  const pieces: Uint8Array[] = [];
  await assert.rejects(async () => {
    for await (const piece of client(faulty, 0).speech.stream({ text: "Hello." })) {
      pieces.push(piece);
      arrived.resolve();
    }
  }, ConnectionError);
  assert.equal(Buffer.concat(pieces).toString(), "one");
});

const sse = (...told: [string, unknown][]): Buffer =>
  Buffer.from(told.map(([type, data]) => `event: ${type}\r\ndata: ${JSON.stringify(data)}\n\n: still here\n\n`).join(""));

test("events are followed where the connection breaks and the server is away, until they are left", async () => {
  const gone = { id: "video_1", object: "video" };
  const name = { ...VIDEO, error: { code: "x", message: "Zoé" } };
  const arrived = Promise.withResolvers<void>();
  await using faulty = await Faulty.start(
    broken(sse(["video", name]), 9999, {}, arrived.promise),
    problem("away", 503),
    answer(sse(["video", DONE], ["ready", {}], ["deleted", gone])),
  );
  const seen: JobEvent[] = [];
  for await (const event of client(faulty).events.watch()) {
    seen.push(event);
    arrived.resolve();
    if (event.type === "deleted") break;
  }
  assert.deepEqual(seen, [
    { type: "video", data: name },
    { type: "video", data: DONE },
    { type: "ready", data: {} },
    { type: "deleted", data: gone },
  ]);
  assert.equal(faulty.asked.length, 3);
});

test("a signal ends what is watched while nothing happens, and the connection with it", async () => {
  let closed: Promise<unknown> | undefined;
  await using faulty = await Faulty.start((response) => {
    closed = once(response, "close");
    response.writeHead(200).write(sse(["ready", {}]));
  });
  const leaving = new AbortController();
  for await (const event of client(faulty).events.watch({ signal: leaving.signal })) {
    assert.equal(event.type, "ready");
    setImmediate(() => leaving.abort());
  }
  await closed;
  assert.equal(faulty.asked.length, 1);
});

test("of a server that stays away, and of a page that is no event, watching throws", async () => {
  await using faulty = await Faulty.start(hangUp, hangUp, answer(Buffer.from("data: <html>\n\n")));
  await assert.rejects(Array.fromAsync(client(faulty, 1).events.watch()), ConnectionError);
  await assert.rejects(Array.fromAsync(client(faulty, 1).events.watch()), ResponseError);
});

test("a secret is not rotated twice where the answer is lost", async () => {
  await using faulty = await Faulty.start(hangUp, answer({ id: "webhook_1", secret: "whsec_x" }), answer(Buffer.from("<html>")));
  const { webhooks } = client(faulty);
  await assert.rejects(webhooks.rotate("webhook_1"), ConnectionError);
  assert.equal((await webhooks.rotate("webhook_1", { overlapSeconds: 0 })).secret, "whsec_x");
  await assert.rejects(webhooks.rotate("webhook_1"), ResponseError);
  assert.deepEqual(faulty.lines().slice(0, 2), [
    "POST /v1/webhooks/webhook_1/rotate",
    "POST /v1/webhooks/webhook_1/rotate?overlap_seconds=0",
  ]);
});

test("webhooks and their deliveries are listed over all pages", async () => {
  const page = (id: string, has_more: boolean) => answer({ data: [{ id }], has_more });
  await using faulty = await Faulty.start(page("a", true), page("b", false), page("c", true), page("d", false));
  const { webhooks } = client(faulty);
  const found = [...(await Array.fromAsync(webhooks.list())), ...(await Array.fromAsync(webhooks.deliveries("w", { order: "asc" })))];
  assert.deepEqual(
    found.map((one) => one.id),
    ["a", "b", "c", "d"],
  );
  assert.equal(faulty.lines()[3], "GET /v1/webhooks/w/deliveries?limit=100&after=c&order=asc");
  assert.throws(() => webhooks.delivery("w", ".."), RangeError);
});

test("subtitles without words are none, and what broke off is asked for again", async () => {
  await using faulty = await Faulty.start(broken(Buffer.from("1"), 99), answer(Buffer.from("")), answer(Buffer.from("date\n")));
  assert.equal(await client(faulty).videos.subtitles("video_1", "vtt"), "");
  assert.equal(await client(faulty).usage.csv({ from: "2026-01-01" }), "date\n");
  assert.deepEqual(faulty.lines().slice(1), ["GET /v1/videos/video_1/transcript.vtt", "GET /v1/usage.csv?from=2026-01-01"]);
});

test("an id that leads elsewhere is none, and one with a slash stays one", async () => {
  await using faulty = await Faulty.start(answer(VIDEO));
  assert.throws(() => client(faulty).videos.retrieve(".."), RangeError);
  await client(faulty).videos.retrieve("a/b");
  assert.deepEqual(faulty.lines(), ["GET /v1/videos/a%2Fb"]);
});

test("without a key it is said how to get one", () => {
  assert.throws(() => new Morgana({ apiKey: "" }), /morgana keys create/);
});
