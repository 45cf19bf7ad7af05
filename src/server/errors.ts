/**
 * `AppError`, the one error that domain code throws on purpose: a stable code, and a sentence for
 * people that says what to do. Only the edges (HTTP, streams, CLI) turn it into their own form.
 */
import { z } from "zod";
import { type ErrorCode, type FieldError, apiErrors } from "../shared/api-errors.ts";

interface AppErrorOptions extends ErrorOptions {
  /** The fields that are wrong. */
  errors?: FieldError[];
  /** When a second try may succeed, in seconds from now. */
  retryAfterS?: number;
}

/** What a hostile body can make an answer hold. */
const MAX_FIELD_ERRORS = 32;
const MAX_PATH_CHARS = 200;

export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly errors: FieldError[] | undefined;
  readonly retryAfterS: number | undefined;

  /** @param detail goes to the caller as it is: no path, no secret, no stack. */
  constructor(code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, "cause" in options ? { cause: options.cause } : {});
    this.code = code;
    this.errors = options.errors;
    this.retryAfterS = options.retryAfterS;
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

/** Whether an error, of the file system or of SQLite, has one of these codes of theirs. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** Fields that a schema refuses, as `validation_failed`. The sentence names the first one. */
export function validationFailed(error: z.ZodError): AppError {
  const errors = error.issues.flatMap(fieldErrorsOf).slice(0, MAX_FIELD_ERRORS);
  const [first, ...others] = errors;
  const field = first?.path ? `The field "${first.path}" is wrong` : "The request is wrong";
  const rest = others.length > 0 ? ` So are ${others.length} more: see "errors".` : "";
  const detail = `${field}: ${first?.message ?? "not what is expected"}.${rest} Correct it and send the request again.`;
  return new AppError("validation_failed", detail, { errors, cause: error });
}

/** Fields with names that nobody knows have one issue, but a place each. */
function fieldErrorsOf(issue: z.core.$ZodIssue): FieldError[] {
  const places =
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => [...issue.path, key])
      : [issue.path];
  const message = issue.code === "unrecognized_keys" ? "Unknown field" : issue.message;
  return places.map((path) => ({ path: z.core.toDotPath(path).slice(0, MAX_PATH_CHARS), message }));
}
