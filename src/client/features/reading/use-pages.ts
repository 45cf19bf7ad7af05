/** The pages that a job reads, in their order. */
import { useMemo } from "react";
import type { Document, Job } from "../../../shared/jobs.ts";
import { type LiveJob, useLiveState } from "../../lib/live-job.ts";

/** Known at once where it reads all of them; of a selection when the job tells. */
export function usePages(document: Document, job: Job, live: LiveJob | undefined): number[] {
  useLiveState(live);
  const known = live?.view.pages.size ?? 0;
  return useMemo(() => {
    if (job.pages === document.pages) return Array.from({ length: job.pages }, (_, n) => n + 1);
    return known === 0 ? [] : [...(live?.view.pages.keys() ?? [])].sort((a, b) => a - b);
  }, [document.pages, job.pages, live, known]);
}
