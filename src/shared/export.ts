/** The JSON export of a document: what one reading of it found, page by page. */
import { z } from "zod";
import { jobStateSchema, pageFailureSchema, pageStateSchema } from "./jobs.ts";
import { lineSchema } from "./ocr-events.ts";

/** Raised when a field changes its meaning or goes; new fields may come at any time. */
export const EXPORT_VERSION = 1;

export const exportBlockSchema = z
  .object({
    kind: z.enum(["heading", "paragraph", "list", "quote", "table", "code"]),
    level: z.number().optional().describe("Of a heading, 1–6."),
    text: z.string().describe("Without Markdown; the cells of a table are separated by tabs."),
    rows: z.array(z.array(z.string())).optional().describe("The cells of a table."),
  })
  .describe("A part of the page's text, in reading order.")
  .meta({ id: "ExportBlock" });

export const exportPageSchema = z
  .object({
    page: z.number().describe("Pages count from 1."),
    state: pageStateSchema.describe(
      "`done` pages have a text, others may have that of an earlier attempt.",
    ),
    error: pageFailureSchema.optional().describe("Why the last attempt failed."),
    text: z.string().nullable().describe("Markdown; null where the page was not read."),
    blocks: z.array(exportBlockSchema),
    lines: z
      .array(lineSchema)
      .optional()
      .describe("With words and boxes, from engines that know them."),
    version: z.number().optional().describe("Which of the page's texts it is, from 1."),
    origin: z.enum(["engine", "edit"]).optional().describe("Read, or edited by a person."),
    engine: z.string().optional(),
    model: z.string().optional(),
    confidence: z.number().optional().describe("Mean of the page, 0–1."),
    source: z.enum(["engine", "blank"]).optional(),
    finish_reason: z.string().optional(),
    created_at: z.iso.datetime().optional(),
  })
  .meta({ id: "ExportPage" });

export const exportSchema = z
  .object({
    format: z.literal("my-ocr"),
    version: z.literal(EXPORT_VERSION).describe("Of this schema."),
    document: z.object({
      id: z.string(),
      name: z.string(),
      file_type: z.string(),
      bytes: z.number(),
      pages: z.number(),
      created_at: z.iso.datetime(),
    }),
    job: z.object({
      id: z.string(),
      state: jobStateSchema,
      engine: z.string(),
      model: z.string(),
      prompt: z.string(),
      pages: z.number().describe("How many pages it reads."),
      created_at: z.iso.datetime(),
      ended_at: z.iso.datetime().optional(),
    }),
    pages: z.array(exportPageSchema).describe("Those that the job reads, ascending."),
  })
  .meta({ id: "Export" });

export type Export = z.infer<typeof exportSchema>;
export type ExportBlock = z.infer<typeof exportBlockSchema>;
export type ExportPage = z.infer<typeof exportPageSchema>;
