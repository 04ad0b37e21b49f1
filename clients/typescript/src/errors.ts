/** What can go wrong between a client and its server, each with what to do about it. */

import type { components } from "./schema.js";

/** Everything that a client throws of itself. */
export class MorganaError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The server could not be reached, or the connection broke, more often than was to be retried. */
export class ConnectionError extends MorganaError {}

/** The server, or a job that was waited for, took longer than it was given. The job goes on. */
export class TimeoutError extends MorganaError {}

/** The server answered something that is not of this API, as a proxy's page of its own. */
export class ResponseError extends MorganaError {}

/** A job that was waited for ended without a result: `code` for programs, `job` as it is now. */
export class JobFailedError<Job = unknown> extends MorganaError {
  constructor(
    readonly code: string,
    message: string,
    readonly job: Job,
  ) {
    super(message);
  }
}

/** A job that was waited for was cancelled. */
export class JobCancelledError<Job = unknown> extends JobFailedError<Job> {}

/** One thing that is wrong with a request; `field` such as `fonts.1`. */
export interface Problem {
  field: string;
  message: string;
  type: string;
}

/** The server refused a request. `requestId` finds it in the server's log; `retryAfter` is in seconds. */
export class APIError extends MorganaError {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  readonly problems: Problem[];

  constructor(response: Response, told: Told) {
    super(told.message);
    this.status = response.status;
    this.code = told.code;
    this.problems = told.problems;
    this.requestId = response.headers.get("x-request-id");
    this.retryAfter = seconds(response.headers.get("retry-after"));
  }

  /** The first field with which something is wrong. */
  get field(): string | undefined {
    return this.problems[0]?.field;
  }
}

/** No API key, or one that the server does not know. */
export class AuthenticationError extends APIError {}

/** The key is good, but not for this. */
export class PermissionDeniedError extends APIError {}

/** There is no such thing, or it is another owner's. */
export class NotFoundError extends APIError {}

/** It cannot be done in the state that the thing is in. */
export class ConflictError extends APIError {}

/** Something is wrong with what was sent: see `field` and `problems`. */
export class InvalidRequestError extends APIError {}

/** Too many requests, more often than was to be retried, or for longer. */
export class RateLimitError extends APIError {}

/** Something went wrong on the server, more often than was to be retried. */
export class ServerError extends APIError {}

const KINDS: Record<number, typeof APIError> = {
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  410: NotFoundError,
  429: RateLimitError,
};

interface Told {
  code: string;
  message: string;
  problems: Problem[];
}

/** The error that an answer with an error status stands for. */
export async function refusal(response: Response): Promise<APIError> {
  const kind = KINDS[response.status] ?? (response.status >= 500 ? ServerError : InvalidRequestError);
  return new kind(response, await told(response));
}

async function told(response: Response): Promise<Told> {
  const body: unknown = await response.json().catch(() => null);
  const { detail, error } = (body ?? {}) as {
    detail?: components["schemas"]["HTTPValidationError"]["detail"] | string;
    error?: { code?: string; type?: string; message?: string } | string;
  };
  if (Array.isArray(detail) && detail.length > 0) {
    const problems = detail.map(({ loc, msg, type }) => ({
      field: (loc.length > 1 ? loc.slice(1) : loc).join("."),
      message: msg,
      type,
    }));
    const message = problems.map((one) => `${one.field}: ${one.message}`).join("; ");
    return { code: problems[0]?.type ?? "invalid", message, problems };
  }
  const said: { code?: string; type?: string; message?: string | undefined } =
    typeof error === "object" ? error : { message: error };
  return {
    code: said.code ?? said.type ?? `http_${response.status}`,
    message: said.message ?? (typeof detail === "string" ? detail : `The server answered ${response.status}.`),
    problems: [],
  };
}

/** Of a Retry-After header: RFC 9110, section 10.2.3, has seconds or a date. */
function seconds(retryAfter: string | null): number | null {
  if (retryAfter === null) {
    return null;
  }
  const asked = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.max(0, (Date.parse(retryAfter) - Date.now()) / 1000);
  return Number.isNaN(asked) ? null : asked;
}
