/**
 * What happens in a job, for those who follow it live. Events may come twice after a reconnect, and a
 * page may begin again after a crash: `JobView` of `job-view.ts` applies them so that its texts are
 * right all the same.
 */
import { z } from "zod";
import { jobStateSchema, pageFailureSchema, pageStateSchema } from "./jobs.ts";

export const attemptUsageSchema = z.object({
  promptTokens: z.number(),
  completionTokens: z.number(),
  completionChars: z.number(),
  /** The engine did not count: `ceil(chars / 4)`. */
  estimated: z.boolean(),
});

export const jobEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("job"),
    state: jobStateSchema,
    pages: z.number(),
    donePages: z.number(),
    failedPages: z.number(),
  }),
  /** A page changes its state. One that begins (`running`) has no text yet. */
  z.object({
    type: z.literal("page"),
    page: z.number(),
    state: pageStateSchema,
    attempt: z.number(),
    version: z.number(),
    error: pageFailureSchema.optional(),
    origin: z.enum(["engine", "edit"]).optional(),
    confidence: z.number().optional(),
    source: z.enum(["engine", "blank"]).optional(),
    finishReason: z.string().optional(),
    usage: attemptUsageSchema.optional(),
  }),
  /** The whole text of a page so far: whatever was known of it before is replaced. */
  z.object({
    type: z.literal("text"),
    page: z.number(),
    attempt: z.number(),
    text: z.string(),
  }),
  z.object({
    type: z.literal("delta"),
    page: z.number(),
    attempt: z.number(),
    /** Where in the page's text it begins, in UTF-16 units. */
    offset: z.number(),
    delta: z.string(),
  }),
]);

export type JobEvent = z.infer<typeof jobEventSchema>;
export type AttemptUsage = z.infer<typeof attemptUsageSchema>;

export type PageStateEvent = Extract<JobEvent, { type: "page" }>;
