/** How a job stands, as a chip: a word and its colour, pages while it runs. */
import {
  CircleAlert,
  CircleCheck,
  CircleSlash,
  CircleX,
  Hourglass,
  LoaderCircle,
  Pause,
} from "lucide-react";
import type { Job } from "../../shared/jobs.ts";
import { useMessages } from "../lib/language.tsx";
import { Chip, type Tone } from "./ui/chip.tsx";

const en = {
  notRead: "Not read yet",
  queued: "Waiting",
  running: (done: number, pages: number) => `${done} of ${pages}`,
  paused: (done: number, pages: number) => `Paused at ${done} of ${pages}`,
  done: "Read",
  partial: (failed: number) => `${failed} failed`,
  failed: "Failed",
  cancelled: "Cancelled",
};
const zh: typeof en = {
  notRead: "尚未识别",
  queued: "等待中",
  running: (done, pages) => `${done} / ${pages} 页`,
  paused: (done, pages) => `已暂停 ${done} / ${pages}`,
  done: "已识别",
  partial: (failed) => `${failed} 页失败`,
  failed: "失败",
  cancelled: "已取消",
};
const messages = { en, zh };

const icons = {
  queued: Hourglass,
  running: LoaderCircle,
  paused: Pause,
  done: CircleCheck,
  partial: CircleAlert,
  failed: CircleX,
  cancelled: CircleSlash,
};

const tones: Record<Job["state"], Tone> = {
  queued: "neutral",
  running: "accent",
  paused: "warn",
  done: "good",
  partial: "warn",
  failed: "bad",
  cancelled: "neutral",
};

type Counts = Pick<Job, "state" | "pages" | "donePages" | "failedPages">;

/** @param job undefined of a document that nobody has had read. */
export function DocumentState({ job }: { job: Counts | undefined }) {
  const text = useMessages(messages);
  if (!job) return <Chip>{text.notRead}</Chip>;
  const Icon = icons[job.state];
  const spin = job.state === "running" ? "animate-spin" : "";
  return (
    <Chip tone={tones[job.state]} icon={<Icon className={`size-3.5 ${spin}`} aria-hidden />}>
      {wordOf(job, text)}
    </Chip>
  );
}

function wordOf({ state, pages, donePages, failedPages }: Counts, text: typeof en): string {
  switch (state) {
    case "running":
      return text.running(donePages + failedPages, pages);
    case "paused":
      return text.paused(donePages + failedPages, pages);
    case "partial":
      return text.partial(failedPages);
    case "queued":
    case "done":
    case "failed":
    case "cancelled":
      return text[state];
  }
  return state satisfies never;
}
