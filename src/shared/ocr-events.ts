/**
 * The events of one recognition, as they travel on the wire: one JSON object a line in the NDJSON
 * API. Declared once, used by the pipeline that makes them and by every client that reads them.
 *
 * Two rules keep old clients working (they look at fields, not at types): in an image stream no
 * control event has a top-level string `delta`, `content` or `text`; in a page stream none has both
 * a numeric `page` and a string `delta`. Lengths count Unicode code points.
 */
import { z } from "zod";

/** Left, top, right, bottom in page space: 0–1 from the upper left corner of the upright page. */
export const boxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);

export const wordSchema = z.object({
  text: z.string(),
  /** How sure the engine is, 0–1. */
  confidence: z.number(),
  box: boxSchema,
});

export const lineSchema = wordSchema.extend({
  /** In reading order; joined by single spaces they are the line's text. */
  words: z.array(wordSchema).optional(),
});

export const pageUsageSchema = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  completion_chars: z.number(),
});

export const usageSchema = pageUsageSchema.extend({
  prompt_chars: z.number(),
  input_bytes: z.number(),
  pages: z.number().optional(),
});

/** What an engine may tell about a page beside its text. */
const pageDetails = {
  /** Why the engine stopped: `stop`, `length` (cut off at its limit), …; null where it does not say. */
  finish_reason: z.string().nullable().optional(),
  /** `engine`: read by the engine; `blank`: nothing on the page, so no engine was asked. */
  source: z.enum(["engine", "blank"]).optional(),
  /** Mean confidence of the page, 0–1, where the engine knows it. */
  confidence: z.number().optional(),
  lines: z.array(lineSchema).optional(),
  /** True where the engine sent no usage and tokens are `ceil(chars / 4)`. */
  estimated: z.boolean().optional(),
};

export const startEventSchema = z.object({
  type: z.literal("start"),
  kind: z.enum(["image", "pdf"]),
  /** Pages that will be read. Left out in a single-page image stream. */
  pages: z.number().optional(),
  /** Pages of the document, where a selection makes it more than `pages`. */
  document_pages: z.number().optional(),
  request_id: z.string().optional(),
});
export const deltaEventSchema = z.object({ type: z.literal("delta"), delta: z.string() });
export const pageStartEventSchema = z.object({ type: z.literal("page_start"), page: z.number() });
export const pageDeltaEventSchema = z.object({
  type: z.literal("page_delta"),
  page: z.number(),
  delta: z.string(),
});
export const pageEndEventSchema = z.object({
  type: z.literal("page_end"),
  page: z.number(),
  usage: pageUsageSchema,
  ...pageDetails,
});
export const pageErrorEventSchema = z.object({
  type: z.literal("page_error"),
  page: z.number(),
  code: z.string(),
  detail: z.string(),
  usage: pageUsageSchema,
  estimated: z.boolean().optional(),
});
export const pingEventSchema = z.object({ type: z.literal("ping") });
export const endEventSchema = z.object({
  type: z.literal("end"),
  usage: usageSchema,
  failed_pages: z.array(z.number()).optional(),
  ...pageDetails,
});
export const errorEventSchema = z.object({
  type: z.literal("error"),
  code: z.string(),
  detail: z.string(),
  usage: usageSchema.optional(),
  request_id: z.string().optional(),
});

export const ocrEventSchema = z.discriminatedUnion("type", [
  startEventSchema,
  deltaEventSchema,
  pageStartEventSchema,
  pageDeltaEventSchema,
  pageEndEventSchema,
  pageErrorEventSchema,
  pingEventSchema,
  endEventSchema,
  errorEventSchema,
]);

export type Box = z.infer<typeof boxSchema>;
export type Line = z.infer<typeof lineSchema>;
export type Usage = z.infer<typeof usageSchema>;
export type PageEndEvent = z.infer<typeof pageEndEventSchema>;
export type PageErrorEvent = z.infer<typeof pageErrorEventSchema>;
export type OcrEvent = z.infer<typeof ocrEventSchema>;
