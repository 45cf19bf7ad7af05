/**
 * `AppError`, the one error that domain code throws on purpose: a stable code, and a sentence for
 * people that says what to do. Only the edges (HTTP, streams, CLI) turn it into their own form.
 */
import { type ErrorCode, apiErrors } from "../shared/api-errors.ts";

export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;

  /** @param detail goes to the caller as it is: no path, no secret, no stack. */
  constructor(code: ErrorCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }

  get status(): number {
    return apiErrors[this.code].status;
  }

  get title(): string {
    return apiErrors[this.code].title;
  }
}

/** Any thrown value as an `AppError`; what nobody foresaw becomes `internal` and tells nothing. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError(
    "internal",
    "Something went wrong on the server. Try again; if it stays, tell the operator the request id.",
    { cause: error },
  );
}
