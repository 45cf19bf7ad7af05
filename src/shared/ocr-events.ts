/**
 * The events of one recognition, as they travel on the wire: one JSON object a line in the NDJSON
 * API. Declared once, used by the pipeline that makes them and by every client that reads them.
 *
 * Two rules keep old clients working (they look at fields, not at types): in an image stream no
 * control event has a top-level string `delta`, `content` or `text`; in a page stream none has both
 * a numeric `page` and a string `delta`. Lengths count Unicode code points.
 */
import { z } from "zod";

export const boxSchema = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .describe(
    "Left, top, right, bottom in page space: 0–1 from the upper left corner of the upright page.",
  )
  .meta({ id: "Box" });

const wordFields = {
  text: z.string(),
  confidence: z.number().describe("How sure the engine is, 0–1."),
  box: boxSchema,
};
export const wordSchema = z.object(wordFields).meta({ id: "Word" });

export const lineSchema = z
  .object({
    ...wordFields,
    words: z
      .array(wordSchema)
      .optional()
      .describe("In reading order; joined by single spaces they are the line's text."),
  })
  .meta({ id: "Line" });

const pageUsageFields = {
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  completion_chars: z.number().describe("Unicode code points of the text."),
};
export const pageUsageSchema = z.object(pageUsageFields).meta({ id: "PageUsage" });

export const usageSchema = z
  .object({
    ...pageUsageFields,
    prompt_chars: z.number().describe("The prompt's length times the pages."),
    input_bytes: z.number().describe("The file's size."),
    pages: z.number().optional().describe("Left out for a single text."),
  })
  .meta({ id: "Usage" });

/** What an engine may tell about a page beside its text. */
const pageDetails = {
  finish_reason: z
    .string()
    .nullable()
    .optional()
    .describe(
      "Why the engine stopped: `stop`, `length` (cut off at its limit), …; null where it does not say.",
    ),
  source: z
    .enum(["engine", "blank"])
    .optional()
    .describe("`blank`: there is nothing on the page, so no engine was asked."),
  confidence: z
    .number()
    .optional()
    .describe("Mean confidence of the page, 0–1, where the engine knows it."),
  lines: z.array(lineSchema).optional().describe("From engines that know them."),
  estimated: z
    .boolean()
    .optional()
    .describe("True where the engine sent no usage and tokens are a fourth of the characters."),
};

export const startEventSchema = z
  .object({
    type: z.literal("start"),
    kind: z.enum(["image", "pdf"]),
    pages: z
      .number()
      .optional()
      .describe("Pages that will be read. Left out in a single-page image stream."),
    document_pages: z
      .number()
      .optional()
      .describe("Pages of the document, where a selection makes it more than `pages`."),
    request_id: z.string().optional(),
    document_id: z.string().optional().describe("Of the document, where it is kept."),
    job_id: z.string().optional().describe("Of the job that reads it, where it is kept."),
  })
  .meta({ id: "StartEvent" });
export const deltaEventSchema = z
  .object({ type: z.literal("delta"), delta: z.string() })
  .describe("The next piece of a single text.")
  .meta({ id: "DeltaEvent" });
export const pageStartEventSchema = z
  .object({ type: z.literal("page_start"), page: z.number() })
  .describe("Pages count from 1.")
  .meta({ id: "PageStartEvent" });
export const pageDeltaEventSchema = z
  .object({ type: z.literal("page_delta"), page: z.number(), delta: z.string() })
  .describe("The next piece of a page's text.")
  .meta({ id: "PageDeltaEvent" });
export const pageEndEventSchema = z
  .object({
    type: z.literal("page_end"),
    page: z.number(),
    usage: pageUsageSchema,
    ...pageDetails,
  })
  .meta({ id: "PageEndEvent" });
export const pageErrorEventSchema = z
  .object({
    type: z.literal("page_error"),
    page: z.number(),
    code: z.string(),
    detail: z.string(),
    usage: pageUsageSchema,
    estimated: z.boolean().optional(),
  })
  .describe("The page failed; the others go on.")
  .meta({ id: "PageErrorEvent" });
export const pingEventSchema = z
  .object({ type: z.literal("ping") })
  .describe("Keeps the connection open while there is nothing else to say.")
  .meta({ id: "PingEvent" });
export const endEventSchema = z
  .object({
    type: z.literal("end"),
    usage: usageSchema,
    failed_pages: z.array(z.number()).optional(),
    ...pageDetails,
  })
  .describe("The whole text has been sent. For a single text it has a page's details.")
  .meta({ id: "EndEvent" });
export const errorEventSchema = z
  .object({
    type: z.literal("error"),
    code: z.string(),
    detail: z.string(),
    usage: usageSchema.optional(),
    request_id: z.string().optional(),
  })
  .describe("The request failed; what was sent is not the whole text.")
  .meta({ id: "ErrorEvent" });

export const ocrEventSchema = z
  .discriminatedUnion("type", [
    startEventSchema,
    deltaEventSchema,
    pageStartEventSchema,
    pageDeltaEventSchema,
    pageEndEventSchema,
    pageErrorEventSchema,
    pingEventSchema,
    endEventSchema,
    errorEventSchema,
  ])
  .meta({ id: "OcrEvent" });

export type Box = z.infer<typeof boxSchema>;
export type Line = z.infer<typeof lineSchema>;
export type Usage = z.infer<typeof usageSchema>;
export type PageEndEvent = z.infer<typeof pageEndEventSchema>;
export type PageErrorEvent = z.infer<typeof pageErrorEventSchema>;
export type OcrEvent = z.infer<typeof ocrEventSchema>;
