/** What happens beside the page when a job goes on and ends: the tab's name, a word, the pace. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useDocumentTitle } from "../../components/page-header.tsx";
import { announce } from "../../lib/announce.tsx";
import { BATCH_KEY } from "../../lib/batch.ts";
import { useLiveState } from "../../lib/live-job.ts";
import { useMessages } from "../../lib/language.tsx";
import { remember } from "../../lib/storage.ts";
import { api, trpc } from "../../lib/trpc.ts";
import { secondsPerPage, shareOf } from "./progress.ts";
import type { Room } from "./room.ts";
import { messages } from "./toolbar-messages.ts";

export function useEnd({ document, job, live }: Room): void {
  const text = useMessages(messages);
  const client = useQueryClient();
  const { state, counts, isEnded, connection } = useLiveState(live);
  const isRunning = state === "running" && counts.pages > 0;
  useDocumentTitle(document.name, isRunning ? shareOf(counts) : undefined);
  const wasRunning = useRef(false);
  useEffect(() => {
    if (isRunning) wasRunning.current = true;
    if (!isEnded || !wasRunning.current || state === undefined) return;
    wasRunning.current = false;
    announce(endingOf(state, counts.failedPages, text));
    void client.invalidateQueries(trpc.jobs.list.pathFilter());
    void client.invalidateQueries(trpc.documents.list.pathFilter());
    void client.invalidateQueries({ queryKey: BATCH_KEY });
    void rememberPace(job.id);
  }, [isRunning, isEnded, state, counts.failedPages, text, client, job.id]);
  const wasLost = useRef(false);
  useEffect(() => {
    if (connection === "lost") announce(text.reconnecting);
    if (connection === "live" && wasLost.current) announce(text.reconnected);
    wasLost.current = connection === "lost";
  }, [connection, text]);
}

function endingOf(state: string, failed: number, text: (typeof messages)["en"]): string {
  if (state === "partial") return text.ended.partial(failed);
  if (state === "failed" || state === "cancelled") return text.ended[state];
  return text.ended.done;
}

/** For the estimates of the intake. */
async function rememberPace(id: string): Promise<void> {
  const pace = secondsPerPage(await api.jobs.get.query({ id }));
  if (pace !== undefined) remember("seconds-per-page", pace.toFixed(2));
}
