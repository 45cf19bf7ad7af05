/** What went wrong at the engine, as errors that say what to do. */
import { APIConnectionError, APIError } from "openai";
import { z } from "zod";
import { AppError } from "../../errors.ts";
import type { EngineHealth } from "../engine.ts";

const MAX_QUOTE_CHARS = 300;

/** Any error of the client, of the connection or of the answer. */
export function engineError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof APIConnectionError) return unreachable(error);
  if (error instanceof APIError && error.status !== undefined) {
    return statusError(error.status, serverSaid(error.error), error);
  }
  // The connection broke in the middle of the answer.
  return new AppError("engine_failed", "The engine's answer broke off. Try the page again.", {
    cause: error,
  });
}

export function unreachable(cause?: unknown): AppError {
  return new AppError(
    "engine_unreachable",
    "The engine cannot be reached. Check that it runs and that LLM_BASE_URL is right.",
    { cause },
  );
}

function statusError(status: number, said: string, cause: unknown): AppError {
  switch (status) {
    case 401:
    case 403:
      return new AppError(
        "engine_rejected",
        `The engine refused the key (status ${status}). Check LLM_API_KEY.`,
        { cause },
      );
    case 404:
      return new AppError(
        "engine_rejected",
        `The engine does not know the address or the model (status 404). Check LLM_BASE_URL and LLM_MODEL. It said: ${said}`,
        { cause },
      );
    case 408:
    case 429:
    case 503:
      return new AppError(
        "engine_overloaded",
        `The engine is overloaded (status ${status}). Try again later.`,
        { cause },
      );
    default:
      return status >= 500
        ? new AppError("engine_failed", `The engine failed (status ${status}): ${said}`, { cause })
        : new AppError(
            "engine_rejected",
            `The engine refused the page (status ${status}): ${said}`,
            {
              cause,
            },
          );
  }
}

/** What a server's `error` says, in one printable line that is no longer than need be. */
export function serverSaid(error: unknown): string {
  const message = z.object({ message: z.string() }).safeParse(error);
  const text = message.success ? message.data.message : typeof error === "string" ? error : "";
  const line = text.replaceAll(/[\p{C}\s]+/gu, " ").trim();
  if (line === "") return "no reason given.";
  return line.length > MAX_QUOTE_CHARS ? `${line.slice(0, MAX_QUOTE_CHARS)}…` : line;
}

/** @param status of `GET /models`. */
export function healthOfResponse(status: number): EngineHealth {
  if (status === 401 || status === 403)
    return { ok: false, detail: statusError(status, "", undefined).message };
  if (status >= 500) return { ok: false, detail: `The engine answers with status ${status}.` };
  // Not every server lists its models; that it answers is enough.
  return { ok: true };
}
