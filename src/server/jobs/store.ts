/**
 * What is known of jobs, and outlives the server: their state, their pages, every text of a page.
 * `store.conformance.ts` is the suite of every implementation. Nothing here asks who is allowed to:
 * `library.ts` and `jobs.ts` do.
 */
import type { Job, JobPage, PageVersion } from "../../shared/jobs.ts";
import type { Line } from "../../shared/ocr-events.ts";
import type { JobState } from "../../shared/job-states.ts";

/** What a single page is read with instead of the job's own. */
export interface PageOverrides {
  engine?: string | undefined;
  model?: string | undefined;
  prompt?: string | undefined;
  /** Longer side of its picture in pixels. */
  longestSide?: number | undefined;
}

export interface NewJob {
  documentId: string;
  userId: number;
  engine: string;
  model: string;
  prompt: string;
  /** The pages to read, ascending. */
  pages: readonly number[];
}

/** A job as the server needs it. */
export interface StoredJob extends Job {
  userId: number;
  /** The usage row of the run that goes on. */
  usageId: number | undefined;
}

/** A text that an engine has read. */
export interface ReadPage {
  engine: string;
  model: string;
  text: string;
  lines?: Line[] | undefined;
  confidence?: number | undefined;
  source?: "engine" | "blank" | undefined;
  finishReason?: string | null | undefined;
}

export interface PageFailure {
  /** Of `shared/api-errors.ts`. */
  code: string;
  detail: string;
}

export interface JobStore {
  create(job: NewJob): Promise<StoredJob>;
  get(jobId: string): Promise<StoredJob | undefined>;
  /** Newest first. @param before only jobs whose id is lower. */
  list(filter: { userId?: number; documentId?: string }, page: Cursor): Promise<StoredJob[]>;
  /** Those that have to go on after a restart, oldest first: queued and running, not paused ones. */
  unfinished(): Promise<StoredJob[]>;
  /** @param usageId of a new run; left out it stays, null where the run has ended. */
  setState(jobId: string, state: JobState, usageId?: number | null): Promise<void>;

  /** In order. */
  pages(jobId: string): Promise<JobPage[]>;
  page(jobId: string, page: number): Promise<JobPage | undefined>;
  /** @returns the number of the attempt, from 1. */
  beginPage(jobId: string, page: number): Promise<number>;
  /** A new version, which counts from now on. @returns its number. */
  endPage(jobId: string, page: number, read: ReadPage): Promise<number>;
  /** A page that had a text before keeps it, and stays done. */
  failPage(jobId: string, page: number, failure: PageFailure): Promise<JobPage>;
  /** Pages that were begun wait again: their job was stopped, or the server. */
  releasePages(jobId: string): Promise<void>;
  /** Pages that wait are not read any more. */
  cancelPages(jobId: string): Promise<void>;
  /** A page that has ended waits again, to be read with the overrides; so its job runs again. */
  requeuePage(jobId: string, page: number, overrides: PageOverrides): Promise<void>;
  overrides(jobId: string, page: number): Promise<PageOverrides>;

  /** A text that a person wrote, which counts from now on. @returns the number of its version. */
  editPage(jobId: string, page: number, text: string): Promise<number>;
  /** An earlier version counts again. @returns whether there is such a version. */
  restoreVersion(jobId: string, page: number, version: number): Promise<boolean>;
  /** @param version the one that counts where left out. */
  version(jobId: string, page: number, version?: number): Promise<PageVersion | undefined>;
  /** All of a page, newest first, without their lines. */
  versions(jobId: string, page: number): Promise<PageVersion[]>;
}

export interface Cursor {
  before?: string | undefined;
  limit: number;
}
