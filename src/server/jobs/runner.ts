/**
 * The jobs that run in this process. A job belongs to the server, not to a connection: what is
 * begun goes on until it ends, and after a restart the unfinished ones are taken up again.
 */
import { countCodePoints } from "../../shared/code-points.ts";
import type { UsageLedger, UsageRecord } from "../ocr/usage-ledger.ts";
import type { EventLog } from "./event-log.ts";
import { JobRun, type RunTools, type RunningText, endStateOf } from "./run.ts";
import type { StoredJob } from "./store.ts";
import { isEnded } from "../../shared/job-states.ts";

export interface RunnerTools extends RunTools {
  logs: EventLog;
  ledger: UsageLedger;
  /** After a job has ended: not after a pause, and not when the server stops. */
  onEnded?: (documentId: string) => void;
}

interface Running {
  run: JobRun;
  over: Promise<void>;
}

export class JobRunner {
  readonly #tools: RunnerTools;
  readonly #running = new Map<string, Running>();
  #isStopping = false;

  constructor(tools: RunnerTools) {
    this.#tools = tools;
  }

  /** How many jobs run. */
  get active(): number {
    return this.#running.size;
  }

  get(jobId: string): JobRun | undefined {
    return this.#running.get(jobId)?.run;
  }

  /** Of the pages of a job that are being read now. */
  texts(jobId: string): ReadonlyMap<number, RunningText> {
    return this.get(jobId)?.texts ?? new Map();
  }

  /** Takes up what an earlier run of the server did not finish; returns how many jobs that are. */
  async recover(): Promise<number> {
    const { store, logger } = this.#tools;
    const jobs = await store.unfinished();
    for (const job of jobs) {
      await store.releasePages(job.id);
      const pages = await store.pages(job.id);
      const waiting = pages.filter(({ state }) => state === "pending").length;
      if (this.#hasConcluded(job, waiting)) await store.setState(job.id, endStateOf(job), null);
      else this.start(job, waiting);
    }
    if (jobs.length > 0) logger.info({ jobs: jobs.length }, "took up unfinished jobs");
    return jobs.length;
  }

  /**
   * Begins a run of the job's waiting pages.
   *
   * @param pages that this run reads, for a usage row of its own; those of the job where left out.
   */
  start(job: StoredJob, pages = job.pages): void {
    if (this.#isStopping || this.#running.has(job.id)) return;
    const usage = this.#usageOf(job, pages);
    const log = this.#tools.logs.open(job.id);
    const run = new JobRun(this.#tools, job, usage, log);
    const over = this.#untilEnd(job.id, run).finally(() => log[Symbol.dispose]());
    this.#running.set(job.id, { run, over });
  }

  /** The server died between the end of a run's usage and that of its job. */
  #hasConcluded({ usageId }: StoredJob, waiting: number): boolean {
    if (usageId === undefined || this.#tools.ledger.reopen(usageId)) return false;
    return waiting === 0;
  }

  async #untilEnd(jobId: string, run: JobRun): Promise<void> {
    await run.run();
    this.#running.delete(jobId);
    if (!this.#isStopping) await this.#afterRun(jobId);
  }

  /** Resolves when the job does not run (any more). */
  async untilOver(jobId: string): Promise<void> {
    await this.#running.get(jobId)?.over;
  }

  /** Pages that have begun may end within the grace time; the others wait for the next start. */
  async drain(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const running = [...this.#running.values()];
    for (const { run } of running) run.stopBeginning();
    const timer = setTimeout(() => this.shutDown(), graceMs);
    await Promise.all(running.map(async ({ over }) => await over));
    clearTimeout(timer);
  }

  /** Ends what still runs now, to be taken up at the next start. */
  shutDown(): void {
    for (const { run } of this.#running.values()) run.shutDown();
  }

  async #afterRun(jobId: string): Promise<void> {
    const job = await this.#tools.store.get(jobId);
    if (job && isEnded(job.state)) this.#tools.onEnded?.(job.documentId);
  }

  /** Of a run that goes on, or a new one. */
  #usageOf(job: StoredJob, pages: number): UsageRecord {
    const { ledger, library } = this.#tools;
    const isFirst = job.state === "queued";
    // The server may have died before it was noted whose row it is: the first one has the job's id.
    const open =
      job.usageId === undefined
        ? isFirst && ledger.reopenRequest(job.id)
        : ledger.reopen(job.usageId);
    if (open) return open;
    const document = library.find(job.documentId);
    return ledger.open({
      requestId: isFirst ? job.id : Bun.randomUUIDv7(),
      userId: job.userId,
      kind: document.fileType === "pdf" ? "pdf" : "image",
      engine: job.engine,
      model: job.model,
      promptChars: countCodePoints(job.prompt) * pages,
      inputBytes: document.bytes,
      pages,
    });
  }
}
