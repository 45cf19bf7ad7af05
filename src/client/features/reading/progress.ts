/** How far a job is, in numbers. */
import type { PageView } from "../../../shared/job-view.ts";

/** 0–1. */
export function shareOf(counts: { pages: number; donePages: number; failedPages: number }): number {
  const { pages, donePages, failedPages } = counts;
  return pages === 0 ? 0 : (donePages + failedPages) / pages;
}

/** The page to follow: the first that is being read; of several the order of reading is calmest. */
export function followedPage(pages: Iterable<PageView>): number | undefined {
  let first: number | undefined;
  for (const { page, state } of pages) {
    if (state === "running" && (first === undefined || page < first)) first = page;
  }
  return first;
}

/** For estimates of later jobs; undefined where nothing can be said. */
export function secondsPerPage(job: {
  createdAt: string;
  endedAt?: string | undefined;
  donePages: number;
}): number | undefined {
  if (job.endedAt === undefined || job.donePages === 0) return undefined;
  const seconds = (Date.parse(job.endedAt) - Date.parse(job.createdAt)) / 1000;
  return seconds > 0 ? seconds / job.donePages : undefined;
}

/** Below this an engine is not sure of a word, or of a page. */
export const DOUBT = { word: 0.85, page: 0.85 };

export type PageLook =
  | "waiting"
  | "reading"
  | "done"
  | "edited"
  | "unsure"
  | "failed"
  | "cancelled";

/** How a page is to be marked among the others. */
export function lookOf(page: PageView | undefined): PageLook {
  if (!page || page.state === "pending") return "waiting";
  if (page.state === "running") return "reading";
  if (page.state !== "done") return page.state;
  if (page.error) return "failed";
  if (page.origin === "edit") return "edited";
  return page.confidence !== undefined && page.confidence < DOUBT.page ? "unsure" : "done";
}
