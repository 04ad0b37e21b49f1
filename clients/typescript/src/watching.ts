/** `client.events`: what becomes of jobs, told as it happens. */

import { broken, sleep } from "./connection.js";
import { ResponseError } from "./errors.js";
import { Resource, type Schemas } from "./resource.js";

const PAUSE_MS = 1000; // before the server is listened to again

/** A job as it is now; `ready` once everything unfinished has been told; `deleted` for a job that is gone. */
export type JobEvent =
  | { type: "video"; data: Schemas["MAVideo"] }
  | { type: "text_overlay"; data: Schemas["MetaTextOverlay"] }
  | { type: "actor"; data: Schemas["Actor"] }
  | { type: "deleted"; data: { id: string; object: string } }
  | { type: "ready"; data: Record<string, never> };

export interface WatchOptions {
  /** Ends it, also while nothing happens. */
  signal?: AbortSignal;
}

/** Changes of all jobs of the key's owner. */
export class Events extends Resource {
  /**
   * Every unfinished job, then each change of any, until you leave it. Where a connection ends, the server is
   * listened to anew: everything unfinished is told again, and `ready` after it.
   */
  async *watch({ signal }: WatchOptions = {}): AsyncGenerator<JobEvent, void, undefined> {
    const url = this.connection.path("events");
    for (let failures = 0; !signal?.aborted; ) {
      let wait = PAUSE_MS;
      try {
        const response = await this.connection.open(new Request(url));
        for await (const event of parsed(lines(response, signal))) {
          failures = 0;
          yield event;
        }
      } catch (error) {
        failures += 1;
        const after = this.connection.waitAfter(error, failures);
        if (after === undefined) {
          throw error;
        }
        wait = after;
      }
      await sleep(signal?.aborted ? 0 : wait);
    }
  }
}

/** The events of a stream (WHATWG HTML, section 9.2), of which this server's have one line of data. */
async function* parsed(told: AsyncIterable<string>): AsyncGenerator<JobEvent, void, undefined> {
  let [type, data] = ["message", ""];
  for await (const line of told) {
    if (line.startsWith("event:")) {
      type = line.slice("event:".length).trim();
    } else if (line.startsWith("data:")) {
      data += line.slice("data:".length).trim();
    } else if (line === "") {
      if (data !== "") {
        yield { type, data: read(data) } as JobEvent;
      }
      [type, data] = ["message", ""];
    }
  }
}

function read(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    throw new ResponseError("The event is not of this API. Is the base URL right?", { cause: error });
  }
}

async function* lines({ body }: Response, signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
  const reader = (body ?? new Blob().stream()).getReader();
  const leave = () => void reader.cancel();
  signal?.addEventListener("abort", leave);
  if (signal?.aborted) leave();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw broken(error);
      });
      if (done) {
        return;
      }
      const found = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = found.pop() ?? "";
      yield* found.map((line) => line.replace(/\r$/, ""));
    }
  } finally {
    signal?.removeEventListener("abort", leave);
    await reader.cancel().catch(() => {}); // of a broken one there is nothing to end
  }
}
