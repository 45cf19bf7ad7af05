/**
 * One run of a job: its waiting pages go to their engines, and what happens to them into the store
 * and the event log. A run ends when no page waits, when it is paused or cancelled, or when the
 * server stops; only the last leaves the job as it is, to be taken up at the next start.
 */
import { countCodePoints } from "../../shared/code-points.ts";
import type { AttemptUsage } from "../../shared/job-events.ts";
import type { PageEndEvent, PageErrorEvent } from "../../shared/ocr-events.ts";
import type { Job, JobPage } from "../../shared/jobs.ts";
import type { DocumentLibrary } from "../documents/library.ts";
import type { Engines } from "../engines/engines.ts";
import { AppError, toAppError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { RecognitionMetrics, RunState } from "../metrics/recognition.ts";
import { recognizePage } from "../ocr/recognize-page.ts";
import type { ClosedState, UsageRecord } from "../ocr/usage-ledger.ts";
import type { DocumentSource, OpenLimits, Raster } from "../raster/raster.ts";
import { jobEvent } from "./current-state.ts";
import type { JobLog } from "./event-log.ts";
import type { JobStore, PageOverrides, StoredJob } from "./store.ts";
import type { JobState } from "../../shared/job-states.ts";

export interface RunTools {
  store: JobStore;
  library: DocumentLibrary;
  engines: Engines;
  raster: Raster;
  openLimits: OpenLimits;
  metrics: RecognitionMetrics;
  logger: Logger;
}

/** The text that a running page has so far. */
export interface RunningText {
  attempt: number;
  text: string;
}

/** Why a run was called off. */
class Stopped extends AppError {
  readonly how: "cancelled" | "shutdown";

  constructor(how: Stopped["how"]) {
    super("cancelled", how === "shutdown" ? "The server is stopping." : "The job was cancelled.");
    this.how = how;
  }
}

export class JobRun {
  readonly #tools: RunTools;
  readonly #job: StoredJob;
  readonly #usage: UsageRecord;
  readonly #log: JobLog;
  readonly #controller = new AbortController();
  #hold = new AbortController();
  /** In order. Those that have begun are not in it. */
  readonly #waiting: number[] = [];
  readonly #running = new Map<number, RunningText>();
  readonly #idle = Promise.withResolvers<void>();
  #source: DocumentSource | undefined;
  #failed = 0;
  #ended = 0;
  #active = 0;
  #isOver = false;
  #isStopping = false;

  constructor(tools: RunTools, job: StoredJob, usage: UsageRecord, log: JobLog) {
    this.#tools = { ...tools, logger: tools.logger.child({ job: job.id }) };
    this.#job = job;
    this.#usage = usage;
    this.#log = log;
  }

  /** Nothing is read any more, and how it has ended is being stored. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** No other page begins, unless it is resumed. */
  get isHeld(): boolean {
    return this.#hold.signal.aborted;
  }

  /** Of the pages that are being read now. */
  get texts(): ReadonlyMap<number, RunningText> {
    return this.#running;
  }

  /** No other page begins; those that have begun end. */
  pause(): void {
    this.#hold.abort();
  }

  /** Takes a pause back. @returns false where there was none, or where it is too late for that. */
  resume(): boolean {
    const { aborted } = this.#controller.signal;
    if (!this.isHeld || this.#isStopping || this.#isOver || aborted) return false;
    this.#hold = new AbortController();
    this.#fill();
    return true;
  }

  cancel(): void {
    this.#controller.abort(new Stopped("cancelled"));
  }

  /** The server stops soon: no other page begins, and the job is taken up at the next start. */
  stopBeginning(): void {
    this.#isStopping = true;
    this.#hold.abort();
  }

  /** The server stops now: what has begun is begun again at the next start. */
  shutDown(): void {
    this.#controller.abort(new Stopped("shutdown"));
  }

  /**
   * A page that has ended is read in this run too.
   *
   * @returns false where the run does not go on.
   */
  async readAgain(page: number, overrides: PageOverrides): Promise<boolean> {
    if (this.#isOver || this.isHeld || this.#controller.signal.aborted) return false;
    // As if it were being read: meanwhile the run must not end.
    this.#active++;
    try {
      await this.#tools.store.requeuePage(this.#job.id, page, overrides);
      this.#usage.addPages(1, countCodePoints(overrides.prompt ?? this.#job.prompt));
      await this.#announce([page]);
      this.#enqueue(page);
    } finally {
      this.#active--;
      this.#fill();
    }
    return true;
  }

  /** Reads what waits. Throws nothing: the job's state tells. */
  async run(): Promise<void> {
    const { metrics, logger } = this.#tools;
    using counted = metrics.begin(this.#usage.kind, this.#usage.inputBytes);
    try {
      await this.#readAll();
    } catch (error) {
      logger.error({ err: error }, "job failed");
      this.#controller.abort(toAppError(error));
    }
    this.#isOver = true;
    try {
      counted.state = await this.#conclude();
    } catch (error) {
      logger.error({ err: error }, "the end of a job was not stored");
    }
  }

  async #readAll(): Promise<void> {
    const { store, library } = this.#tools;
    await store.setState(this.#job.id, "running", this.#usage.id);
    const pages = await store.pages(this.#job.id);
    await this.#announceJob("running");
    for (const { page, state } of pages) if (state === "pending") this.#enqueue(page);
    const document = await library.open(this.#job.documentId);
    try {
      this.#source = document.source;
      this.#fill();
      await this.#idle.promise;
    } finally {
      await document[Symbol.asyncDispose]();
    }
  }

  #enqueue(page: number): void {
    if (this.#waiting.includes(page)) return;
    const after = this.#waiting.findLastIndex((other) => other < page);
    this.#waiting.splice(after + 1, 0, page);
  }

  /** Begins as many pages as are worth it; says so when there is nothing left to do. */
  #fill(): void {
    const source = this.#source;
    if (!source) return;
    const { pageConcurrency } = this.#tools.engines.get(this.#job.engine);
    const mayBegin = (): boolean =>
      this.#active < pageConcurrency && !this.isHeld && !this.#controller.signal.aborted;
    while (mayBegin()) {
      const page = this.#waiting.shift();
      if (page === undefined) break;
      this.#active++;
      void this.#readPage(page, source);
    }
    if (this.#active > 0) return;
    this.#isOver = true;
    this.#idle.resolve();
  }

  async #readPage(page: number, source: DocumentSource): Promise<void> {
    try {
      // A pause may come while it waits for its turn at the engine.
      if (!(await this.#recognize(page, source))) this.#enqueue(page);
    } catch (error) {
      this.#tools.logger.error({ page, err: error }, "a page of a job was not stored");
      this.#controller.abort(toAppError(error));
    } finally {
      this.#running.delete(page);
      this.#active--;
      this.#fill();
    }
  }

  /** @returns whether it has begun. */
  async #recognize(page: number, source: DocumentSource): Promise<boolean> {
    const { store, engines, raster, openLimits, metrics, logger } = this.#tools;
    const overrides = await store.overrides(this.#job.id, page);
    const { engine, limiter } = engines.get(overrides.engine ?? this.#job.engine);
    const { longestSide = engine.profile.longestSide } = overrides;
    const profile = { ...engine.profile, longestSide };
    const { signal } = this.#controller;
    const model = overrides.model ?? (overrides.engine === undefined ? this.#job.model : undefined);
    const events = recognizePage({
      page,
      prompt: overrides.prompt ?? this.#job.prompt,
      model,
      render: async () => await raster.render(source, page, openLimits, profile, signal),
      engine,
      limiter,
      claim: { userId: this.#job.userId, rank: page },
      usage: this.#usage,
      metrics,
      controller: this.#controller,
      hold: this.#hold.signal,
      logger,
    });
    let hasBegun = false;
    for await (const event of events) {
      hasBegun = true;
      switch (event.type) {
        case "page_start":
          await this.#onStart(page);
          break;
        case "page_delta":
          this.#onDelta(page, event.delta);
          break;
        case "page_end":
          await this.#onEnd(event, { engine: engine.name, model: model ?? engine.model });
          break;
        case "page_error":
          await this.#onError(event);
          break;
      }
    }
    return hasBegun;
  }

  async #onStart(page: number): Promise<void> {
    const attempt = await this.#tools.store.beginPage(this.#job.id, page);
    this.#running.set(page, { attempt, text: "" });
    this.#log.append({ type: "page", page, state: "running", attempt, version: 0 });
  }

  #onDelta(page: number, delta: string): void {
    const running = this.#running.get(page);
    if (!running) throw new Error("a delta of a page that does not run");
    const { attempt, text } = running;
    this.#log.append({ type: "delta", page, attempt, offset: text.length, delta });
    running.text += delta;
  }

  async #onEnd(event: PageEndEvent, by: { engine: string; model: string }): Promise<void> {
    const { page, lines, confidence, source, finish_reason: finishReason } = event;
    const { text, attempt } = this.#running.get(page) ?? { text: "", attempt: 0 };
    const read = { ...by, text, lines, confidence, source, finishReason };
    const version = await this.#tools.store.endPage(this.#job.id, page, read);
    this.#ended++;
    this.#log.append({
      type: "page",
      page,
      state: "done",
      attempt,
      version,
      ...(confidence !== undefined && { confidence }),
      ...(source !== undefined && { source }),
      ...(finishReason != null && { finishReason }),
      usage: attemptUsage(event),
    });
    await this.#announceJob("running");
  }

  async #onError(event: PageErrorEvent): Promise<void> {
    // How pages end that were called off is decided for all of them at once.
    if (this.#controller.signal.aborted) return;
    const { page, code, detail } = event;
    const { store } = this.#tools;
    const failed = await store.failPage(this.#job.id, page, { code, detail });
    this.#ended++;
    this.#failed++;
    this.#log.append({ type: "page", ...failed, usage: attemptUsage(event) });
    await this.#announceText(failed);
    await this.#announceJob("running");
  }

  /** @returns how the run ended, of which the job's state is told apart. */
  async #conclude(): Promise<RunState> {
    const { reason, aborted } = this.#controller.signal;
    if (aborted) {
      if (!(reason instanceof Stopped) || reason.how !== "shutdown") return this.#callOff(reason);
      await this.#tools.store.releasePages(this.#job.id);
      return "interrupted";
    }
    if (this.#waiting.length > 0) {
      if (this.#isStopping) return "interrupted";
      await this.#tools.store.setState(this.#job.id, "paused");
      await this.#announceJob("paused");
      return "paused";
    }
    const ofRun = stateOf(this.#failed, this.#ended - this.#failed);
    await this.#end(ofRun);
    return ofRun;
  }

  /** Cancelled, or broken: its text could not be stored, its file is gone. */
  async #callOff(reason: unknown): Promise<"cancelled" | "failed"> {
    const { store } = this.#tools;
    const isCancelled = reason instanceof Stopped;
    const pages = await store.pages(this.#job.id);
    const open = pages.filter(({ state }) => state === "pending" || state === "running");
    if (!isCancelled) {
      const { code, message: detail } = toAppError(reason);
      for (const { page } of open) await store.failPage(this.#job.id, page, { code, detail });
    }
    await store.cancelPages(this.#job.id);
    await this.#announce(open.map(({ page }) => page));
    if (isCancelled) await this.#end("cancelled");
    else await this.#end("failed", "failed");
    return isCancelled ? "cancelled" : "failed";
  }

  /** @param state of the job; as its pages have ended where left out. */
  async #end(usage: ClosedState, state?: JobState): Promise<void> {
    this.#usage.close(usage);
    const ended = state ?? endStateOf(await this.#stored());
    await this.#tools.store.setState(this.#job.id, ended, null);
    await this.#announceJob(ended);
  }

  /** Pages that are not being read, with their texts. */
  async #announce(numbers: readonly number[]): Promise<void> {
    for (const page of await this.#tools.store.pages(this.#job.id)) {
      if (!numbers.includes(page.page)) continue;
      this.#log.append({ type: "page", ...page });
      await this.#announceText(page);
    }
  }

  /** What was read before counts again after an attempt that came to nothing. */
  async #announceText({ page, attempt, version }: JobPage): Promise<void> {
    if (version === 0) return;
    const kept = await this.#tools.store.version(this.#job.id, page);
    if (kept) this.#log.append({ type: "text", page, attempt, text: kept.text });
  }

  async #announceJob(state: JobState): Promise<void> {
    this.#log.append(jobEvent({ ...(await this.#stored()), state }));
  }

  /** With the counts of its pages as they are now. */
  async #stored(): Promise<StoredJob> {
    return (await this.#tools.store.get(this.#job.id)) ?? this.#job;
  }
}

/** Of a job whose pages have all ended. What was cancelled and not read again stays so. */
export function endStateOf({ pages, donePages, failedPages }: Job): JobState {
  if (donePages + failedPages < pages) return "cancelled";
  return stateOf(failedPages, donePages);
}

/** Of a job's pages, or a run's; without any it had nothing to do, and did it. */
function stateOf(failed: number, done: number): "done" | "partial" | "failed" {
  if (failed === 0) return "done";
  return done === 0 ? "failed" : "partial";
}

function attemptUsage({ usage, estimated }: PageEndEvent | PageErrorEvent): AttemptUsage {
  return {
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    completionChars: usage.completion_chars,
    estimated: estimated ?? false,
  };
}
