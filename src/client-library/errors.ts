/** The one error that this library throws. */
import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "../server/trpc/router.ts";
import type { ErrorCode, FieldError, Problem } from "../shared/api-errors.ts";

/** The server's codes, and those of this library. */
export type MyOcrErrorCode =
  | ErrorCode
  /** No answer came: the address is wrong, the server is down, or the connection broke. */
  | "server_unreachable"
  /** Something answered that is not My OCR, or another version of it. */
  | "response_invalid"
  /** The text was asked for of a document of which every page failed. */
  | "nothing_read";

interface Details {
  status?: number | undefined;
  requestId?: string | undefined;
  errors?: FieldError[] | undefined;
  retryAfterS?: number | undefined;
  cause?: unknown;
}

export class MyOcrError extends Error {
  override readonly name = "MyOcrError";
  /** Stable: programs branch on it. */
  readonly code: MyOcrErrorCode;
  /** Of HTTP, where the server answered. */
  readonly status: number | undefined;
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  /** The fields that are wrong, where the code is `validation_failed`. */
  readonly errors: FieldError[] | undefined;
  /** When a second try may succeed, in seconds. */
  readonly retryAfterS: number | undefined;

  /** @param message a sentence for people that says what to do. */
  constructor(code: MyOcrErrorCode, message: string, details: Details = {}) {
    super(message, "cause" in details ? { cause: details.cause } : {});
    this.code = code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.errors = details.errors;
    this.retryAfterS = details.retryAfterS;
  }

  /** Whatever a call of the typed API threw. */
  static from(error: unknown): MyOcrError {
    if (error instanceof MyOcrError) return error;
    if (!(error instanceof TRPCClientError)) return unreachable(error);
    const { data, message, meta }: TRPCClientError<AppRouter> = error;
    if (data) {
      const { code, httpStatus: status, requestId, errors, retryAfterS } = data;
      const details = { status, requestId, errors, retryAfterS, cause: error };
      return new MyOcrError(code, message, details);
    }
    const { cause } = error;
    if (cause instanceof MyOcrError) return cause;
    const isAnswered = cause instanceof SyntaxError || meta?.["response"] !== undefined;
    return isAnswered ? notOurs(error) : unreachable(error);
  }

  /** Of an answer that is an error. */
  static async ofResponse(response: Response): Promise<MyOcrError> {
    const { status, headers } = response;
    const isProblem = headers.get("content-type")?.startsWith("application/problem+json") === true;
    if (!isProblem) return notOurs(`${status} ${response.statusText}`);
    const problem: Problem & { code: ErrorCode } = await response.json();
    const { code, detail, request_id: requestId, errors } = problem;
    return new MyOcrError(code, detail, { status, requestId, errors });
  }

  /** Whether the same may succeed a little later: the server was not there, or could not answer. */
  get isPassing(): boolean {
    return this.code === "server_unreachable" || (this.status ?? 0) >= 500;
  }
}

export function cancelled(cause: unknown): MyOcrError {
  return new MyOcrError("cancelled", "The reading was cancelled.", { cause });
}

function notOurs(cause: unknown): MyOcrError {
  return new MyOcrError(
    "response_invalid",
    "What answered is not My OCR, or of another version. Check the address.",
    { cause },
  );
}

export function unreachable(cause: unknown): MyOcrError {
  return new MyOcrError(
    "server_unreachable",
    "The server cannot be reached. Check its address, and that it runs.",
    { cause },
  );
}
