/** What the routes that read files say about themselves. */
import { z } from "zod";
import type { ErrorCode } from "../../shared/api-errors.ts";
import { readableTypes } from "../../shared/file-types.ts";
import { ocrEventSchema } from "../../shared/ocr-events.ts";
import type { Operation, Operations } from "./openapi/operation.ts";

export const uploadSchema = z
  .object({
    file: z.file().describe(`${readableTypes}; the bytes decide. Of several, the first counts.`),
    pages: z
      .string()
      .optional()
      .describe(
        "Which pages to read: `2`, `1-3,7`, `5-` (to the last), `-3`. All where it is blank.",
      ),
    password: z.string().optional().describe("Opens an encrypted PDF."),
    prompt: z
      .string()
      .optional()
      .describe(
        "What to tell the engine, at most 16,000 characters. The server's own where blank.",
      ),
    store: z
      .enum(["true", "false", ""])
      .optional()
      .describe(
        "`true` keeps the file as a document, and what is read of it as a job. Leaving the stream cancels what is not read yet.",
      ),
  })
  .meta({ id: "Upload" });

/** What can be wrong before the stream starts. */
const problems: readonly ErrorCode[] = [
  "form_invalid",
  "file_missing",
  "file_empty",
  "file_unsupported",
  "file_damaged",
  "file_too_large",
  "too_many_pages",
  "too_many_pixels",
  "upload_timeout",
  "upload_incomplete",
  "password_needed",
  "password_wrong",
  "no_pages",
  "open_timeout",
  "open_memory",
  "validation_failed",
  "prompt_too_long",
  "pages_invalid",
  "pages_out_of_range",
  "quota_exceeded",
  "session_revoked",
  "shutting_down",
  "storage_full",
];

const reading = {
  tag: "Reading",
  body: { "multipart/form-data": uploadSchema },
  problems,
  answers: {
    200: {
      description:
        "Newline-delimited JSON: one event a line, until exactly one `end` or `error`. What fails from here on is an event.",
      content: { "application/x-ndjson": ocrEventSchema },
    },
  },
} satisfies Partial<Operation>;

export const ocrOperations: Operations = {
  "POST /api/ocr/image": {
    ...reading,
    id: "readAsText",
    summary: "Reads a file, streams one text",
    description:
      "`start`, then `delta`s, then `end`. The pages of a longer file follow each other in order, with `page_start` and `page_end` between them.",
  },
  "POST /api/ocr/pdf": {
    ...reading,
    id: "readPages",
    summary: "Reads a file, streams page by page",
    description:
      "Several pages are read at once, and their events interleave: `page_start`, `page_delta`s, then `page_end` or `page_error`.",
  },
};
