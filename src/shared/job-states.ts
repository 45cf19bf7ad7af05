/** The states of jobs and of their pages. Free of dependencies, for the database and for browsers. */

/** Of jobs that go on by themselves, after a restart, too. */
export const activeStates = [
  /** Waits for its first page. */
  "queued",
  "running",
] as const;

/** Of jobs that are not over: something may still happen in them by itself, or after a pause. */
export const unfinishedStates = [
  ...activeStates,
  /** Pages that had begun end; no other begins. */
  "paused",
] as const;

export const jobStates = [
  ...unfinishedStates,
  "done",
  /** Some pages failed. */
  "partial",
  "failed",
  "cancelled",
] as const;
export type JobState = (typeof jobStates)[number];

export const pageStates = ["pending", "running", "done", "failed", "cancelled"] as const;
export type PageState = (typeof pageStates)[number];

/** Nothing happens in these any more unless somebody asks for it. */
export function isEnded(state: JobState): boolean {
  return !unfinishedStates.some((unfinished) => unfinished === state);
}
