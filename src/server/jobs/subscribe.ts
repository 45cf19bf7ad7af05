/**
 * A job followed live: the state so far for whoever comes late, then everything that happens, in
 * batches. The reader's place is all that is kept for it; one that is slow, or was cut off for long,
 * gets the state anew.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { JobEvent } from "../../shared/job-events.ts";
import { isEnded } from "../../shared/job-view.ts";
import type { EventLog, JobLog, LogId } from "./event-log.ts";
import type { RunningText } from "./run.ts";
import type { JobStore } from "./store.ts";

export interface JobBatch {
  /** Go on after this one. */
  id: LogId;
  events: JobEvent[];
}

export interface JobSource {
  store: JobStore;
  logs: EventLog;
  texts: (jobId: string) => ReadonlyMap<number, RunningText>;
}

/** Of a batch in the middle of a state: no place in the log, so that the state is read anew. */
const UNFINISHED_STATE: LogId = "state";
/** Deltas that arrive within so long leave together; the first leaves at once. */
const BATCH_MS = 16;
/** Of a state's texts, at once: a slow reader holds no more. */
const STATE_CHARS = 64 * 1024;
/** About what a page without a text takes. */
const CHARS_PER_PAGE = 64;

/**
 * Ends after the event that tells that the job has ended; of a paused job it waits.
 *
 * @param after the last batch that the reader has.
 * @throws the signal's reason after an abort.
 */
export async function* subscribeJob(
  { store, logs, texts }: JobSource,
  jobId: string,
  after: LogId | undefined,
  signal: AbortSignal,
): AsyncGenerator<JobBatch, void, undefined> {
  using log = logs.open(jobId);
  let place = after;
  let sentAt = -Infinity;
  for (;;) {
    const batch = await nextBatch(log, place, sentAt, signal);
    if (batch) {
      place = batch.id;
      sentAt = performance.now();
      yield { id: batch.id, events: joinDeltas(batch.events) };
      if (batch.events.some(isLast)) return;
    } else {
      place = log.end;
      // As they are at this place: what comes later is in the log.
      const running = new Map(Array.from(texts(jobId), ([page, live]) => [page, { ...live }]));
      yield* stateOf(store, jobId, running);
      const job = await store.get(jobId);
      if (!job) return;
      const { state, pages, donePages, failedPages } = job;
      yield { id: place, events: [{ type: "job", state, pages, donePages, failedPages }] };
      if (isEnded(state) && log.end === place) return;
    }
  }
}

/** Waits out the time since the last batch, so that what comes meanwhile comes along. */
async function nextBatch(
  log: JobLog,
  place: LogId | undefined,
  sentAt: number,
  signal: AbortSignal,
): ReturnType<JobLog["after"]> {
  const first = await log.after(place, signal);
  const rest = sentAt + BATCH_MS - performance.now();
  if (!first || rest <= 0) return first;
  await sleep(rest, undefined, { signal }).catch(() => {});
  return await log.after(place, signal);
}

function isLast(event: JobEvent): boolean {
  return event.type === "job" && isEnded(event.state);
}

/** Every page as it stands, with its text. */
async function* stateOf(
  store: JobStore,
  jobId: string,
  running: ReadonlyMap<number, RunningText>,
): AsyncGenerator<JobBatch, void, undefined> {
  let events: JobEvent[] = [];
  let chars = 0;
  for (const page of await store.pages(jobId)) {
    const live = running.get(page.page);
    // One that begins in this very moment has no text yet, only that of an earlier attempt.
    const isStored = !live && page.version > 0 && page.state !== "running";
    const stored = isStored ? await store.version(jobId, page.page) : undefined;
    const text = live?.text ?? stored?.text ?? "";
    const attempt = live?.attempt ?? page.attempt;
    events.push({ type: "page", ...page, attempt, ...(live && { state: "running" }) });
    if (live ?? stored) events.push({ type: "text", page: page.page, attempt, text });
    chars += text.length + CHARS_PER_PAGE;
    if (chars < STATE_CHARS) continue;
    yield { id: UNFINISHED_STATE, events };
    events = [];
    chars = 0;
  }
  if (events.length > 0) yield { id: UNFINISHED_STATE, events };
}

/** Neighbouring deltas of a page become one, and each page's are taken together. */
function joinDeltas(events: readonly JobEvent[]): JobEvent[] {
  const joined: JobEvent[] = [];
  /** The last delta of each page, as long as nothing else happened to the page. */
  const open = new Map<number, Extract<JobEvent, { type: "delta" }>>();
  for (const event of events) {
    if (event.type !== "delta") {
      if (event.type !== "job") open.delete(event.page);
      joined.push(event);
      continue;
    }
    const last = open.get(event.page);
    if (last?.attempt === event.attempt) {
      last.delta += event.delta;
    } else {
      const copy = { ...event };
      open.set(event.page, copy);
      joined.push(copy);
    }
  }
  return joined;
}
