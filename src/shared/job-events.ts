/**
 * What happens in a job, for those who follow it live. Events may come twice after a reconnect, and a
 * page may begin again after a crash: `JobView` applies them so that its texts are right all the same.
 */
import { z } from "zod";
import {
  type JobState,
  type PageState,
  jobStateSchema,
  pageFailureSchema,
  pageStateSchema,
} from "./jobs.ts";

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

/** A page as it stands after the events so far. */
export interface PageView {
  page: number;
  state: PageState;
  attempt: number;
  version: number;
  text: string;
  error?: { code: string; detail: string } | undefined;
}

/** A job as it stands after the events so far. Changes in place. */
export class JobView {
  state: JobState = "queued";
  readonly pages = new Map<number, PageView>();

  apply(event: JobEvent): void {
    switch (event.type) {
      case "job":
        this.state = event.state;
        return;
      case "page":
        this.#applyPage(event);
        return;
      case "text": {
        const page = this.#page(event.page);
        page.attempt = event.attempt;
        page.text = event.text;
        return;
      }
      case "delta": {
        const page = this.#page(event.page);
        if (page.attempt !== event.attempt) return;
        const known = page.text.length - event.offset;
        // Below 0 something is missing, which the server does not let happen.
        if (known < 0 || known >= event.delta.length) return;
        page.text += known === 0 ? event.delta : event.delta.slice(known);
        return;
      }
    }
    event satisfies never;
  }

  #applyPage(event: PageStateEvent): void {
    const page = this.#page(event.page);
    if (event.state === "running" && event.attempt !== page.attempt) page.text = "";
    page.state = event.state;
    page.attempt = event.attempt;
    page.version = event.version;
    page.error = event.error;
  }

  #page(number: number): PageView {
    let page = this.pages.get(number);
    if (!page) {
      page = { page: number, state: "pending", attempt: 0, version: 0, text: "" };
      this.pages.set(number, page);
    }
    return page;
  }
}
