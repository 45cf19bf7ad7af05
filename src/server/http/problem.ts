/** Errors as RFC 9457 problem details, extended by a stable `code` and the request's id. */
import type { Problem } from "../../shared/api-errors.ts";
import { AppError, toAppError } from "../errors.ts";

export function problemResponse(error: AppError, requestId: string): Response {
  const problem: Problem = {
    type: "about:blank",
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    ...(error.errors && { errors: error.errors }),
  };
  const headers = new Headers({
    "content-type": "application/problem+json",
    "x-request-id": requestId,
  });
  // RFC 9110, section 11.6.1: a 401 says how to log in.
  if (error.status === 401) headers.set("www-authenticate", "Bearer");
  if (error.retryAfterS !== undefined) {
    headers.set("retry-after", String(Math.max(1, Math.ceil(error.retryAfterS))));
  }
  // Who sends too slowly would otherwise keep the connection with the rest of the body.
  if (error.status === 408) headers.set("connection", "close");
  return new Response(JSON.stringify(problem), { status: error.status, headers });
}

/**
 * What a request failed on. Elysia's own errors are told by its codes; theirs name parts of the
 * server, so none of their words are passed on.
 */
export function requestFailure(error: unknown, elysiaCode: string | number): AppError {
  switch (elysiaCode) {
    case "NOT_FOUND":
      return new AppError("not_found", "There is nothing at this address. Check it.");
    case "PARSE":
      return new AppError(
        "body_malformed",
        "The body cannot be read as its content type says. Check both, and send it again.",
        { cause: error },
      );
    case "VALIDATION":
    case "INVALID_FILE_TYPE":
      return new AppError(
        "validation_failed",
        "Fields of the request are wrong or missing. Compare it with the API's description.",
        { cause: error, errors: [] },
      );
    case "INVALID_COOKIE_SIGNATURE":
      return new AppError(
        "request_invalid",
        "A cookie of the request is damaged. Delete the cookies of this site, and try again.",
        { cause: error },
      );
    default:
      return toAppError(error);
  }
}
