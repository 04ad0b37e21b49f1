/** `client.usage`: what was consumed, by day and kind, and what it costs. */

import { told } from "./connection.js";
import { Resource, type Schemas } from "./resource.js";

export type UsageReport = Schemas["UsageReport"];
export type UsageEntry = Schemas["UsageEntry"];

/** Days (UTC) such as `2026-01-31`, both included; by default the last 30 until today. */
export interface Days {
  from?: string;
  to?: string;
}

export class Usage extends Resource {
  retrieve(days: Days = {}): Promise<UsageReport> {
    return told(this.api.GET("/v1/usage", { params: { query: days } }));
  }

  /** The same as a table (RFC 4180). */
  csv(days: Days = {}): Promise<string> {
    return this.connection.text(`${this.connection.path("usage.csv")}?${new URLSearchParams({ ...days })}`);
  }
}
