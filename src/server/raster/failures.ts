/** Errors of the decoders, turned into errors that say what to do. */
import type { ErrorCode } from "../../shared/api-errors.ts";
import { AppError } from "../errors.ts";

/** Told apart where a file is opened and where one of its pages is drawn. */
export type Stage = "open" | "page";

const details = {
  file_damaged:
    "The file is damaged: no page of it can be read. Save or scan it again and upload that.",
  page_unreadable: "The page is damaged and cannot be drawn. The other pages are not affected.",
  open_memory: "The file takes more memory to open than one file may. Upload a smaller one.",
  page_memory: "The page takes more memory to draw than one page may. Make its images smaller.",
  open_timeout: "The file takes too long to open. Save it again with another program.",
  page_timeout:
    "The page takes too long to draw. Print it to a new PDF, or scan it, and try again.",
  no_pages: "The document has no pages.",
  password_needed: "The document is encrypted. Send its password in the form field `password`.",
  password_wrong: "The password does not open the document. Check it and send it again.",
} as const satisfies Partial<Record<ErrorCode, string>>;

export function failure(code: keyof typeof details, cause?: unknown): AppError {
  return new AppError(code, details[code], { cause });
}

export function tooManyPages(maxPages: number): AppError {
  return new AppError(
    "too_many_pages",
    `The document has more than ${maxPages} pages, the most that are read at once. Split it.`,
  );
}

export function tooManyPixels(width: number, height: number, maxPixels: number): AppError {
  return new AppError(
    "too_many_pixels",
    `The image has ${width} x ${height} pixels; at most ${Math.floor(maxPixels / 1e6)} million ` +
      "are read. Make it smaller.",
  );
}

/** Whatever a decoder threw; an `AppError` stays what it is, said of the page where it is one page's. */
export function decoderFailure(stage: Stage, error: unknown): AppError {
  if (error instanceof AppError) {
    const ofPage = stage === "page" && error.code === "file_damaged";
    return ofPage ? failure("page_unreadable", error) : error;
  }
  if (isOutOfMemory(error)) return failure(stage === "open" ? "open_memory" : "page_memory", error);
  return failure(stage === "open" ? "file_damaged" : "page_unreadable", error);
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /malloc|out of memory|OOM|enlarge memory/i.test(error.message);
}

/** Whether the WASM module may hold damaged state, or its largest heap, after this error. */
export function damagesModule(error: unknown): boolean {
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return true;
  if (isOutOfMemory(error)) return true;
  return error instanceof AppError && error.cause !== undefined && damagesModule(error.cause);
}
