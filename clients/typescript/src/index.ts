export type { Options } from "./connection.js";
export {
  APIError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  JobCancelledError,
  JobFailedError,
  MorganaError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ResponseError,
  ServerError,
  TimeoutError,
  type Problem,
} from "./errors.js";
export type { ListOptions, OrderedListOptions } from "./listing.js";
export * from "./morgana.js";
export type { CreateOptions } from "./resource.js";
export type { components, operations, paths } from "./schema.js";
export type { Upload } from "./uploads.js";
export type { Days, UsageEntry, UsageReport } from "./usage.js";
export type { WaitOptions } from "./waiting.js";
export type { JobEvent, WatchOptions } from "./watching.js";
export type * from "./webhooks.js";
