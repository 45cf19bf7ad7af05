/** All files that are being read at the moment, as one: here, in the tab's title, as a notification. */
import { useQuery } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Progress } from "../../components/ui/progress.tsx";
import { announce } from "../../lib/announce.tsx";
import { useMessages } from "../../lib/language.tsx";
import { type Outputs, trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";

const LIVE_MS = 1_500;
const RESTING_MS = 10_000;
const MOST = 100;

type Job = Outputs["jobs"]["list"]["items"][number];

export function BatchProgress() {
  const text = useMessages(messages);
  const { data } = useQuery(
    trpc.jobs.list.queryOptions(
      { limit: MOST },
      {
        refetchIntervalInBackground: true,
        refetchInterval: ({ state }) =>
          (state.data?.items ?? []).some(isUnfinished) ? LIVE_MS : RESTING_MS,
      },
    ),
  );
  const jobs = (data?.items ?? []).filter(isUnfinished);
  const pages = sum(jobs, (job) => job.pages);
  const done = sum(jobs, (job) => job.donePages + job.failedPages);
  useNewsOfEnd(jobs.length, text.finished);
  if (jobs.length === 0) return null;
  return (
    <section className="sheet mb-6 flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
      <p className="text-sm font-medium">{text.batchFiles(jobs.length)}</p>
      <Progress share={done / pages} label={text.batch(done, pages)} className="min-w-40 flex-1" />
      <p className="text-sm text-muted tabular-nums">{text.batch(done, pages)}</p>
      <NotifyButton />
    </section>
  );
}

function isUnfinished({ state }: Job): boolean {
  return state === "queued" || state === "running";
}

function sum(jobs: readonly Job[], value: (job: Job) => number): number {
  return jobs.reduce((total, job) => total + value(job), 0);
}

/** Says it when the last of them has ended. */
function useNewsOfEnd(running: number, finished: (files: number) => string): void {
  const most = useRef(0);
  useEffect(() => {
    most.current = Math.max(most.current, running);
    if (running > 0 || most.current === 0) return;
    const news = finished(most.current);
    most.current = 0;
    announce(news);
    if (document.hidden && notificationState() === "granted") show(news);
  }, [running, finished]);
}

/** Asks for the permission, which browsers only give on a click. */
function NotifyButton() {
  const { notify } = useMessages(messages);
  const [state, setState] = useState(notificationState);
  if (state !== "default") return null;
  return (
    <Button
      size="sm"
      variant="ghost"
      icon={<Bell className="size-4" aria-hidden />}
      onClick={() => void Notification.requestPermission().then(setState)}
    >
      {notify}
    </Button>
  );
}

function show(body: string): void {
  const notification = new Notification("My OCR", { body });
  notification.addEventListener("click", () => {
    window.focus();
    notification.close();
  });
}

function notificationState(): NotificationPermission | "missing" {
  return "Notification" in window ? Notification.permission : "missing";
}
