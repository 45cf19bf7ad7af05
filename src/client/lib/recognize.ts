/** One call of `POST /api/ocr/pdf`, the form that gives every kind of file page by page. */
import { problemSchema } from "../../shared/api-errors.ts";
import { decodeNdjson } from "../../shared/ndjson.ts";
import { type OcrEvent, ocrEventSchema } from "../../shared/ocr-events.ts";

/** What the server said in words, before or within the stream. */
export class RecognitionError extends Error {
  override readonly name = "RecognitionError";
}

export interface RecognitionRequest {
  file: File;
  /** Such as `1-3,7`; blank for all. */
  pages: string;
}

/**
 * The stream's events. Events of types that this client does not know are left out.
 *
 * @throws RecognitionError with the server's own words; whatever `fetch` throws otherwise.
 */
export async function* recognize(
  request: RecognitionRequest,
  signal: AbortSignal,
): AsyncGenerator<OcrEvent, void, undefined> {
  const form = new FormData();
  if (request.pages.trim() !== "") form.append("pages", request.pages.trim());
  form.append("file", request.file);
  const response = await fetch("/api/ocr/pdf", { method: "POST", body: form, signal });
  if (!response.ok || !response.body) throw new RecognitionError(await problemOf(response));
  for await (const line of decodeNdjson(response.body)) {
    const event = ocrEventSchema.safeParse(line);
    if (event.success) yield event.data;
  }
}

async function problemOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return problemSchema.parse(JSON.parse(text)).detail;
  } catch {
    return `${response.status} ${response.statusText}`;
  }
}
