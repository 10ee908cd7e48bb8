import type { ErrorCode } from './errorCodes.ts';

/** An error whose message and code a client may see as they are. Every other error is masked as `INTERNAL`. */
export abstract class CodedError extends Error {
  abstract readonly code: ErrorCode;

  /** The `extensions` that a client sees besides the code; `http` sets the status and headers of an HTTP response. */
  get publicExtensions(): Record<string, unknown> {
    return {};
  }
}
