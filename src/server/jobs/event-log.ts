/**
 * What happens in a job, in order, for any number of readers. A reader has only its place in the log,
 * so a slow one costs nothing: the log is bounded, and who falls out of it gets the state instead.
 * `event-log.conformance.ts` is the suite of every implementation.
 */
import type { JobEvent } from "../../shared/job-events.ts";

/** Where a reader is: the last event that it has seen. Opaque, but for the implementation. */
export type LogId = string;

export interface LogBatch {
  /** The last of the events. */
  id: LogId;
  events: JobEvent[];
}

export interface EventLog {
  /** Keeps the job's events from now on, until disposed; readers keep them too. */
  open(jobId: string): JobLog & Disposable;
}

export interface JobLog {
  append(event: JobEvent): void;
  /** The last event so far. */
  readonly end: LogId;
  /**
   * What came after `after`; waits until there is something. A batch holds as much as there is, up
   * to what a reader that stalls may hold: then its id is not yet the end.
   *
   * @returns undefined where the log does not hold all of it: read the state, go on from `end`.
   * @throws the signal's reason after an abort.
   */
  after(after: LogId | undefined, signal: AbortSignal): Promise<LogBatch | undefined>;
}

/** About what a job's log may hold, in characters; an event without a text counts as some. */
const MOST_CHARS = 1_000_000;
const CHARS_PER_EVENT = 64;
/** About what a batch holds at most. */
const BATCH_CHARS = 64 * 1024;

/** The log in memory: readers of another process, or of a later one, do not find their place in it. */
export class MemoryEventLog implements EventLog {
  readonly #jobs = new Map<string, { log: MemoryJobLog; users: number }>();
  readonly #mostChars: number;

  constructor(mostChars = MOST_CHARS) {
    this.#mostChars = mostChars;
  }

  open(jobId: string): JobLog & Disposable {
    const entry = this.#jobs.get(jobId) ?? { log: new MemoryJobLog(this.#mostChars), users: 0 };
    entry.users++;
    this.#jobs.set(jobId, entry);
    const { log } = entry;
    let isOpen = true;
    return {
      append: (event) => log.append(event),
      get end() {
        return log.end;
      },
      // Without a function of its own around it: this runs for every batch of every reader.
      after: log.after.bind(log),
      [Symbol.dispose]: () => {
        if (isOpen && --entry.users === 0) this.#jobs.delete(jobId);
        isOpen = false;
      },
    };
  }
}

class MemoryJobLog implements JobLog {
  /** Tells the places of this log from those of another one of the same job. */
  readonly #epoch = crypto.randomUUID().slice(0, 8);
  readonly #mostChars: number;
  #events: JobEvent[] = [];
  #chars = 0;
  /** Number of the first event that is still held; they count from 1. */
  #first = 1;
  /** Readers that wait for the next event, each with how it is woken. */
  readonly #waiting = new Map<AbortSignal, () => void>();
  /** Those who wake their reader when they abort: once for all of its waits. */
  readonly #watched = new WeakSet<AbortSignal>();

  constructor(mostChars: number) {
    this.#mostChars = mostChars;
  }

  get end(): LogId {
    return this.#idOf(this.#first + this.#events.length - 1);
  }

  append(event: JobEvent): void {
    this.#events.push(event);
    this.#chars += charsOf(event);
    if (this.#chars > this.#mostChars) this.#forget();
    for (const wake of this.#waiting.values()) wake();
    this.#waiting.clear();
  }

  async after(after: LogId | undefined, signal: AbortSignal): Promise<LogBatch | undefined> {
    signal.throwIfAborted();
    const place = this.#placeOf(after);
    if (place === undefined) return undefined;
    if (place === this.#first + this.#events.length - 1) await this.#untilChanged(signal);
    // The log may have moved on further than it holds while this reader waited.
    if (place + 1 < this.#first) return undefined;
    const start = place + 1 - this.#first;
    const end = this.#batchEnd(start);
    return { id: this.#idOf(this.#first + end - 1), events: this.#events.slice(start, end) };
  }

  /** Of the batch that begins at the index: at least one event further. */
  #batchEnd(start: number): number {
    let chars = 0;
    let end = start;
    while (end < this.#events.length && chars < BATCH_CHARS) {
      const event = this.#events[end++];
      if (event) chars += charsOf(event);
    }
    return end;
  }

  async #untilChanged(signal: AbortSignal): Promise<void> {
    if (!this.#watched.has(signal)) {
      this.#watched.add(signal);
      signal.addEventListener("abort", () => this.#wake(signal), { once: true });
    }
    await new Promise<void>((resolve) => {
      const others = this.#waiting.get(signal);
      this.#waiting.set(signal, () => {
        others?.();
        resolve();
      });
    });
    signal.throwIfAborted();
  }

  #wake(signal: AbortSignal): void {
    this.#waiting.get(signal)?.();
    this.#waiting.delete(signal);
  }

  /** Half of it at once: taking one event after another from the front would cost more. */
  #forget(): void {
    let dropped = 0;
    while (this.#chars > this.#mostChars / 2 && dropped < this.#events.length) {
      const event = this.#events[dropped++];
      if (event) this.#chars -= charsOf(event);
    }
    this.#events = this.#events.slice(dropped);
    this.#first += dropped;
  }

  #idOf(place: number): LogId {
    return `${this.#epoch}.${place}`;
  }

  #placeOf(id: LogId | undefined): number | undefined {
    const [epoch, number = ""] = id?.split(".") ?? [];
    const place = /^\d{1,15}$/.test(number) ? Number(number) : undefined;
    if (epoch !== this.#epoch || place === undefined) return undefined;
    const isHeld = place + 1 >= this.#first && place < this.#first + this.#events.length;
    return isHeld ? place : undefined;
  }
}

/** About what an event takes. */
export function charsOf(event: JobEvent): number {
  if (event.type === "delta") return CHARS_PER_EVENT + event.delta.length;
  return CHARS_PER_EVENT + (event.type === "text" ? event.text.length : 0);
}
