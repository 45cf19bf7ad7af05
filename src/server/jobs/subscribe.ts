/**
 * A job followed live: the state so far for whoever comes late, then everything that happens, in
 * batches. The reader's place is all that is kept for it; one that is slow, or was cut off for long,
 * gets the state anew.
 */
import type { JobEvent } from "../../shared/job-events.ts";
import { currentState, jobEvent } from "./current-state.ts";
import type { EventLog, JobLog, LogId } from "./event-log.ts";
import type { RunningText } from "./run.ts";
import type { JobStore } from "./store.ts";
import { isEnded } from "../../shared/job-states.ts";

export interface JobBatch {
  /** Go on after this one. */
  id: LogId;
  events: JobEvent[];
}

export interface JobSource {
  store: JobStore;
  logs: EventLog;
  /** Of the job's pages that are being read now. */
  texts: () => ReadonlyMap<number, RunningText>;
  /** Whether the reader may follow the job. Asked before anything else. @throws AppError. */
  check: () => Promise<void>;
}

/** Of a batch in the middle of a state: no place in the log, so that the state is read anew. */
const UNFINISHED_STATE: LogId = "state";
/** Deltas that arrive within so long leave together; the first leaves at once. */
const BATCH_MS = 16;

/**
 * Ends after the event that tells that the job has ended; of a paused job it waits.
 *
 * @param after the last batch that the reader has.
 * @throws the signal's reason after an abort; what `check` throws, before the first batch.
 */
export async function* subscribeJob(
  { store, logs, texts, check }: JobSource,
  jobId: string,
  after: LogId | undefined,
  signal: AbortSignal,
): AsyncGenerator<JobBatch, void, undefined> {
  await check();
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
      // As of this place or later: what comes after it is in the log, and does no harm twice.
      const parts = currentState({ store, texts }, jobId);
      for await (const events of parts) yield { id: UNFINISHED_STATE, events };
      const job = await store.get(jobId);
      if (!job) return;
      yield { id: place, events: [jobEvent(job)] };
      if (isEnded(job.state) && log.end === place) return;
    }
  }
}

/**
 * Waits out the time since the last batch, so that what comes meanwhile comes along; not where the
 * reader is behind anyway.
 */
async function nextBatch(
  log: JobLog,
  place: LogId | undefined,
  sentAt: number,
  signal: AbortSignal,
): ReturnType<JobLog["after"]> {
  const first = await log.after(place, signal);
  const rest = sentAt + BATCH_MS - performance.now();
  if (!first || first.id !== log.end || rest <= 0) return first;
  // Not cut short by an abort: listening for one would cost more than the few milliseconds.
  await new Promise<void>((resolve) => void setTimeout(resolve, rest));
  return await log.after(place, signal);
}

function isLast(event: JobEvent): boolean {
  return event.type === "job" && isEnded(event.state);
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
