/** All that is being read at the moment, over all files. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Batch } from "../../shared/jobs.ts";
import { api, queryClient } from "./trpc.ts";

export const BATCH_KEY = ["batch"] as const;
/** While something is being read, and while nothing is. */
const LIVE_MS = 1_500;
const RESTING_MS = 10_000;

const query = queryOptions({ queryKey: BATCH_KEY, queryFn: askForBatch });

/** Null where nothing is being read. The answer after the last file has ended still has the batch. */
export function useBatch(): Batch | null | undefined {
  return useQuery(query).data;
}

/** The same, asked for again and again: by what is on every screen, for all that show it. */
export function useLiveBatch(): Batch | null | undefined {
  const { data } = useQuery({
    ...query,
    // Also while nobody looks: the tab's name and icon are seen from other tabs.
    refetchIntervalInBackground: true,
    refetchInterval: ({ state }) => {
      if (state.data && isRunning(state.data)) return LIVE_MS;
      return document.hidden ? false : RESTING_MS;
    },
  });
  return data;
}

/** With what has ended since it began. */
async function askForBatch(): Promise<Batch | null> {
  const known = queryClient.getQueryData<Batch | null>(BATCH_KEY);
  return await api.jobs.batch.query(known && isRunning(known) ? { first: known.first } : {});
}

export function isRunning({ runningFiles }: Batch): boolean {
  return runningFiles > 0;
}

/** 0–1. */
export function batchShare({ pages, endedPages }: Batch): number {
  return pages === 0 ? 0 : endedPages / pages;
}
