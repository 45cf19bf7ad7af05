/** What a format has to write: one reading of a document, its pages one after another. */
import type { Document, Job, JobPage, PageVersion } from "../../shared/jobs.ts";

export interface ReadPage extends JobPage {
  /** The text that counts; undefined where the page was not read. */
  reading: PageVersion | undefined;
}

export interface JobContent {
  document: Document;
  job: Job;
  /** In order; read from the store when they are asked for, so that no more than one is in memory. */
  pages: AsyncIterable<ReadPage>;
}

/** For formats of text, in the place of a page without one. */
export function noteOf({ page, state, error }: JobPage): string {
  const why = state === "failed" ? `it failed (${error?.code ?? "unknown"})` : STATES[state];
  return `[Page ${page} is not here: ${why}.]`;
}

const STATES = {
  pending: "it is not read yet",
  running: "it is not read yet",
  cancelled: "its reading was cancelled",
  failed: "it failed",
  done: "its text is gone",
};
