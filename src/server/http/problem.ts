/** Errors as RFC 9457 problem details, extended by a stable `code` and the request's id. */
import type { Problem } from "../../shared/api-errors.ts";
import type { AppError } from "../errors.ts";

export function problemResponse(error: AppError, requestId: string): Response {
  const problem: Problem = {
    type: "about:blank",
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
  };
  return new Response(JSON.stringify(problem), {
    status: error.status,
    headers: { "content-type": "application/problem+json", "x-request-id": requestId },
  });
}
