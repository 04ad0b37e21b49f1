/** Files in Node.js, whole or not at all; a download goes on where a connection broke. */

import type { FileHandle } from "node:fs/promises";
import { APIError, ConnectionError } from "./errors.js";
import { broken, sleep, type Connection } from "./connection.js";

const MOST_REDIRECTS = 5;

interface Part {
  file: FileHandle;
  size: number;
  tag: string | null;
}

/** Save what is at the URL that `locate` tells. The file appears when it is whole. */
export async function download(
  connection: Connection,
  locate: () => Promise<string>,
  path: string,
  onProgress?: (share: number) => void,
): Promise<string> {
  const [{ open, rename, rm }, { dirname, basename, join }] = await Promise.all([
    import("node:fs/promises"),
    import("node:path"),
  ]);
  const hidden = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.part`);
  const part: Part = { file: await open(hidden, "w"), size: 0, tag: null };
  try {
    await persistently(connection, locate, part, onProgress);
    await part.file.sync();
    await part.file.close();
    await rename(hidden, path);
  } catch (error) {
    await part.file.close();
    await rm(hidden, { force: true });
    throw error;
  }
  return path;
}

/** As long as attempts bring something, and for some that do not. */
async function persistently(
  connection: Connection,
  locate: () => Promise<string>,
  part: Part,
  onProgress?: (share: number) => void,
): Promise<void> {
  for (let failures = 0; ; ) {
    const before = part.size;
    try {
      await receive(part, await follow(connection, await locate(), part), onProgress);
      return;
    } catch (error) {
      failures = part.size > before ? 1 : failures + 1;
      const expired = error instanceof APIError && error.status === 403 && part.size > 0;
      const wait = expired && failures <= connection.maxRetries ? 0 : connection.waitAfter(error, failures);
      if (wait === undefined) {
        throw error;
      }
      await sleep(wait);
    }
  }
}

async function follow(connection: Connection, url: string, part: Part): Promise<Response> {
  // Compressed on the way, the bytes could not be counted. A weak ETag allows no ranges (RFC 9110, 13.1.5).
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (part.size > 0 && part.tag !== null && !part.tag.startsWith("W/")) {
    Object.assign(headers, { range: `bytes=${part.size}-`, "if-range": part.tag });
  }
  let place = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await connection.open(new Request(place, { headers }));
    const location = response.headers.get("location");
    if (response.status < 300 || location === null) {
      return response;
    }
    await response.body?.cancel();
    place = new URL(location, place).href;
  }
  throw new ConnectionError(`${url} leads from one place to another without an end.`);
}

async function receive(part: Part, response: Response, onProgress?: (share: number) => void): Promise<void> {
  const extent = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "");
  const goesOn = response.status === 206 && Number(extent?.[1]) === part.size;
  if (!goesOn) {
    await part.file.truncate(0);
    part.size = 0;
    part.tag = response.headers.get("etag");
    if (response.status === 206) {
      await response.body?.cancel();
      throw new ConnectionError("The server sent another part than it was asked for.");
    }
  }
  const length = response.headers.get("content-length");
  const whole = goesOn ? Number(extent?.[2]) : length === null ? undefined : Number(length);
  const chunks = response.body?.values() ?? [];
  try {
    for await (const chunk of chunks) {
      await part.file.write(chunk, 0, chunk.length, part.size);
      part.size += chunk.length;
      if (whole) {
        onProgress?.(Math.min(1, part.size / whole));
      }
    }
  } catch (error) {
    throw error instanceof TypeError ? broken(error) : error;
  }
  if (whole !== undefined && part.size !== whole) {
    throw new ConnectionError(`The connection ended after ${part.size} of ${whole} bytes.`);
  }
}
