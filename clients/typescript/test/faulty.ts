/** A server that does what a test tells it to. */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Asked {
  line: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export type Reply = (response: ServerResponse, asked: Asked) => void;

export function answer(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  const content = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  return (response) => response.writeHead(status, { "content-length": content.length, ...headers }).end(content);
}

/** An answer that ends before it is whole, and once `arrived`: what a reader has not taken yet is lost with it. */
export function broken(
  body: Uint8Array,
  length: number,
  headers: Record<string, string> = {},
  arrived: Promise<void> = Promise.resolve(),
): Reply {
  return (response) => {
    response.writeHead(200, { "content-length": length, ...headers });
    response.write(body, () => void arrived.then(() => response.destroy()));
  };
}

export const hangUp: Reply = (response) => response.destroy();

export function problem(code: string, status: number, headers: Record<string, string> = {}): Reply {
  return answer({ error: { code, type: code, message: "So it is." } }, status, headers);
}

export class Faulty implements AsyncDisposable {
  readonly asked: Asked[] = [];
  url = "";
  #replies: Reply[] = [];
  readonly #server = createServer(async (request, response) => {
    const body = await buffer(request);
    const asked = { line: `${request.method} ${request.url}`, headers: request.headers, body };
    this.asked.push(asked);
    const reply = this.#replies.length > 1 ? this.#replies.shift() : this.#replies[0];
    reply?.(response, asked);
  });

  static async start(...replies: Reply[]): Promise<Faulty> {
    const faulty = new Faulty();
    faulty.#replies = replies;
    await new Promise<void>((resolve) => faulty.#server.listen(0, "127.0.0.1", resolve));
    faulty.url = `http://127.0.0.1:${(faulty.#server.address() as AddressInfo).port}`;
    return faulty;
  }

  lines(): string[] {
    return this.asked.map((one) => one.line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
