/** What all resources of a client have. */

import type { Connection } from "./connection.js";
import type { components, operations } from "./schema.js";

export type Schemas = components["schemas"];
export type JsonBody<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { "application/json": infer Body } };
}
  ? Body
  : never;

export interface CreateOptions {
  /** By default one of its own, so that trying again never makes two. */
  idempotencyKey?: string;
}

export type Id = string | { id: string };

export function idOf(thing: Id): string {
  return typeof thing === "string" ? thing : thing.id;
}

export function keyed(options: CreateOptions = {}) {
  return { header: { "Idempotency-Key": options.idempotencyKey ?? crypto.randomUUID() } };
}

export class Resource {
  constructor(protected readonly connection: Connection) {}

  protected get api() {
    return this.connection.api;
  }

  /** Deletes; what is still going on is cancelled by the first request for it. */
  protected async gone(remove: () => Promise<{ response: Response }>): Promise<void> {
    while ((await remove()).response.status !== 204);
  }
}
