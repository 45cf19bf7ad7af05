/** What requests used, on the wire. */
import { z } from "zod";

/** How a request ended; `open` while it runs. */
export const usageStates = [
  "open",
  "done",
  /** Some pages failed. */
  "partial",
  "failed",
  /** The caller went away, or the server cancelled it. */
  "cancelled",
  /** The server died meanwhile; found and closed at the next start. */
  "interrupted",
] as const;

export const usageRowSchema = z
  .object({
    id: z.number(),
    kind: z.enum(["image", "pdf"]),
    prompt_chars: z.number().describe("The prompt's length times the pages."),
    completion_chars: z.number().describe("Unicode code points of the text."),
    prompt_tokens: z.number(),
    completion_tokens: z.number(),
    input_bytes: z.number().describe("The file's size."),
    meta: z.string().nullable().describe("`pages=N` for PDFs."),
    created_at: z.iso.datetime(),
    request_id: z.string(),
    state: z
      .enum(usageStates)
      .describe(
        "`partial`: some pages failed; `failed`: all did; `interrupted`: the server died meanwhile.",
      ),
    estimated: z.boolean().describe("The engine does not count tokens."),
    engine: z.string(),
    model: z.string(),
    pages: z.number(),
    failed_pages: z.number(),
  })
  .meta({ id: "UsageRow" });

export const usageListSchema = z.array(usageRowSchema);

export const usageSummarySchema = z
  .object({
    total_events: z.number(),
    total_input_bytes: z.number(),
    total_prompt_tokens: z.number(),
    total_completion_tokens: z.number(),
    total_prompt_chars: z.number(),
    total_completion_chars: z.number(),
  })
  .meta({ id: "UsageSummary" });

export type UsageRowOnWire = z.infer<typeof usageRowSchema>;

/** Sums over requests that have ended. */
export interface UsageSums {
  requests: number;
  pages: number;
  failedPages: number;
  /** As engines counted them. */
  promptTokens: number;
  completionTokens: number;
  /** Of requests in which any page was estimated. */
  estimatedPromptTokens: number;
  estimatedCompletionTokens: number;
  inputBytes: number;
}

export interface DayUsage extends UsageSums {
  /** `2026-03-31`. */
  date: string;
  engines: (UsageSums & { engine: string })[];
}
