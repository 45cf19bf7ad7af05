/**
 * What is changed elsewhere of a job that has ended, in another tab or by another program: nobody
 * tells of it, so the page asks when its reader comes back to it, and now and then.
 */
import { type QueryClient, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { JobPage } from "../../../shared/jobs.ts";
import { type LiveJob, useLiveState } from "../../lib/live-job.ts";
import { api, trpc } from "../../lib/trpc.ts";
import { takeVersion } from "./use-restore.ts";

const ASK_EVERY_MS = 20_000;

export function useElsewhere(live: LiveJob | undefined): void {
  const client = useQueryClient();
  const { connection } = useLiveState(live);
  const ended = connection === "ended" ? live : undefined;
  const { data } = useQuery(
    trpc.jobs.pages.queryOptions(ended ? { id: ended.id } : skipToken, {
      refetchInterval: ASK_EVERY_MS,
      refetchOnWindowFocus: "always",
      // Looked at again where it is the same: what it tells may not have come through before.
      structuralSharing: false,
    }),
  );
  useEffect(() => {
    if (ended && data) void takeChanges(ended, client, data);
  }, [ended, client, data]);
}

async function takeChanges(
  live: LiveJob,
  client: QueryClient,
  pages: readonly JobPage[],
): Promise<void> {
  // Somebody has pages read again: followed as before.
  if (pages.some(({ state }) => state === "pending" || state === "running")) {
    live.start();
    return;
  }
  const changed = pages.filter(({ page, version }) => version !== live.page(page)?.version);
  for (const { page } of changed) {
    // What counts by now: the list may be older than what has been changed here.
    const version = await api.jobs.page.query({ id: live.id, page }).catch(() => undefined);
    if (version) takeVersion(live, client, version);
  }
}
