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
export type { components, operations, paths } from "./schema.js";
export type { Upload } from "./uploads.js";
export type { WaitOptions } from "./waiting.js";
