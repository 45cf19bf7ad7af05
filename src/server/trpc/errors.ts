/** Errors of procedures: the code and words of `AppError`, in the form that tRPC's clients read. */
import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { AppError, toAppError, validationFailed } from "../errors.ts";
import type { ErrorCode, FieldError } from "../../shared/api-errors.ts";

type TrpcCode = TRPCError["code"];

/** tRPC's name for each HTTP status that ours have. */
const TRPC_CODES: Readonly<Record<number, TrpcCode>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  408: "TIMEOUT",
  409: "CONFLICT",
  410: "NOT_FOUND",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  499: "CLIENT_CLOSED_REQUEST",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
  504: "GATEWAY_TIMEOUT",
};

/** What tRPC itself finds wrong with a call, before any procedure runs. */
const CALL_FAILURES: Partial<Record<TrpcCode, [ErrorCode, string]>> = {
  NOT_FOUND: ["not_found", "There is no such procedure. Is the client of the server's version?"],
  METHOD_NOT_SUPPORTED: ["method_not_allowed", "Queries take GET, mutations take POST."],
  PARSE_ERROR: ["body_malformed", "The input is no valid JSON. Correct it and send it again."],
  BAD_REQUEST: ["request_invalid", "The call is not understood. Correct it and send it again."],
  UNSUPPORTED_MEDIA_TYPE: ["content_type_unsupported", "The body has to be application/json."],
};

/** What a client finds as `data` of an error. */
export interface ErrorData {
  /** Stable, of `shared/api-errors.ts`: programs branch on it. */
  code: ErrorCode;
  httpStatus: number;
  requestId: string;
  /** The fields that are wrong. */
  errors?: FieldError[];
  /** When a second try may succeed, in seconds. */
  retryAfterS?: number;
}

/** What a procedure threw, or what tRPC found wrong, as ours. */
export function appErrorOf(error: TRPCError): AppError {
  const { cause } = error;
  if (cause instanceof AppError) return cause;
  if (cause instanceof ZodError) return validationFailed(cause);
  const failure = CALL_FAILURES[error.code];
  return failure ? new AppError(failure[0], failure[1], { cause: error }) : toAppError(error);
}

/** As an error that tRPC answers with the right HTTP status. */
export function toTrpcError(cause: AppError): TRPCError {
  const code = TRPC_CODES[cause.status] ?? "INTERNAL_SERVER_ERROR";
  return new TRPCError({ code, message: cause.message, cause });
}

export function errorData(failure: AppError, requestId: string): ErrorData {
  const { code, status: httpStatus, errors, retryAfterS } = failure;
  return {
    code,
    httpStatus,
    requestId,
    ...(errors && { errors }),
    ...(retryAfterS !== undefined && { retryAfterS }),
  };
}
