/**
 * What people can do with documents and jobs. Every function takes who asks, and finds only what is
 * theirs: somebody else's is not there.
 */
import type { Job, JobPage, PageVersion } from "../../shared/jobs.ts";
import type { Principal } from "../auth/principal.ts";
import type { DocumentLibrary } from "../documents/library.ts";
import { readPageRanges, selectFrom } from "../documents/page-selection.ts";
import type { Engines } from "../engines/engines.ts";
import { AppError } from "../errors.ts";
import type { PageQuota } from "../ocr/page-quota.ts";
import type { UsageLedger } from "../ocr/usage-ledger.ts";
import { jobEvent } from "./current-state.ts";
import type { EventLog } from "./event-log.ts";
import { endStateOf } from "./run.ts";
import type { JobRunner } from "./runner.ts";
import type { Cursor, JobStore, PageOverrides, StoredJob } from "./store.ts";
import { type JobBatch, type JobSource, subscribeJob } from "./subscribe.ts";
import { Turns } from "../documents/turns.ts";
import { isEnded } from "../../shared/job-states.ts";

export interface JobOptions {
  /** The server's default where left out. */
  engine?: string | undefined;
  model?: string | undefined;
  prompt?: string | undefined;
  /** As `1-3,7`; all where left out. */
  pages?: string | undefined;
}

export interface JobsTools {
  store: JobStore;
  logs: EventLog;
  runner: JobRunner;
  library: DocumentLibrary;
  engines: Engines;
  ledger: UsageLedger;
  quota: PageQuota;
  defaultPrompt: string;
  /** Most pages that one job may read. */
  maxPages: number;
}

export class Jobs {
  readonly #tools: JobsTools;
  /** Of changes of one document's jobs: what one has found is still so when it acts on it. */
  readonly #turns = new Turns();

  constructor(tools: JobsTools) {
    this.#tools = tools;
  }

  /**
   * @throws AppError document_not_found, engine_unknown, pages_invalid, pages_out_of_range,
   *   too_many_pages, quota_exceeded.
   */
  async start(principal: Principal, documentId: string, options: JobOptions): Promise<Job> {
    const { store, library, engines, runner, quota, defaultPrompt, maxPages } = this.#tools;
    const { engine } = engines.get(options.engine ?? engines.defaultName);
    const prompt = options.prompt?.trim() ?? "";
    return await this.#turns.take(documentId, async () => {
      const document = library.get(principal.userId, documentId);
      const pages = selectFrom(readPageRanges(options.pages), document.pages, maxPages);
      // Until the run's usage row counts instead.
      using _ = quota.reserve(principal.userId, pages.length);
      const job = await store.create({
        documentId,
        userId: principal.userId,
        engine: engine.name,
        model: options.model ?? engine.model,
        prompt: prompt === "" ? defaultPrompt : prompt,
        pages,
      });
      runner.start(job);
      return toJob(job);
    });
  }

  /** @throws AppError job_not_found. */
  async get(principal: Principal, jobId: string): Promise<Job> {
    return toJob(await this.#job(principal, jobId));
  }

  /** Newest first. */
  async list(
    principal: Principal,
    filter: { documentId?: string | undefined },
    cursor: Cursor,
  ): Promise<Job[]> {
    const { documentId } = filter;
    const own = { userId: principal.userId, ...(documentId !== undefined && { documentId }) };
    const jobs = await this.#tools.store.list(own, cursor);
    return jobs.map(toJob);
  }

  /** @throws AppError job_not_found. */
  async pages(principal: Principal, jobId: string): Promise<JobPage[]> {
    await this.#job(principal, jobId);
    return await this.#tools.store.pages(jobId);
  }

  /**
   * Follows the job: see `subscribeJob`.
   *
   * @throws AppError job_not_found, before the first batch.
   */
  events(
    principal: Principal,
    jobId: string,
    after: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<JobBatch, void, undefined> {
    const { store, logs, runner } = this.#tools;
    const source: JobSource = {
      store,
      logs,
      texts: () => runner.texts(jobId),
      check: async () => void (await this.#job(principal, jobId)),
    };
    return subscribeJob(source, jobId, after, signal);
  }

  /** Of an ended job nothing. Pages that have a text are done all the same. @throws AppError job_not_found. */
  async cancel(principal: Principal, jobId: string): Promise<void> {
    await this.#inTurn(principal, jobId, async () => await this.#callOff(jobId));
  }

  async #callOff(jobId: string): Promise<void> {
    const { runner, store, ledger } = this.#tools;
    runner.get(jobId)?.cancel();
    await runner.untilOver(jobId);
    const job = await store.get(jobId);
    if (!job || isEnded(job.state)) return;
    // Paused: nobody else closes it.
    await store.cancelPages(jobId);
    if (job.usageId !== undefined) ledger.reopen(job.usageId)?.close("cancelled");
    const { donePages, failedPages } = (await store.get(jobId)) ?? job;
    await store.setState(jobId, endStateOf({ ...job, donePages, failedPages }), null);
    await this.#announce(jobId);
  }

  /** Pages that have begun end. @throws AppError job_not_found, job_state_conflict. */
  async pause(principal: Principal, jobId: string): Promise<void> {
    const job = await this.#job(principal, jobId);
    const run = this.#tools.runner.get(jobId);
    if (!run) {
      if (job.state === "paused") return;
      throw conflict("The job does not run. Only a job that runs can be paused.");
    }
    run.pause();
  }

  /** @throws AppError job_not_found, job_state_conflict. */
  async resume(principal: Principal, jobId: string): Promise<void> {
    const { runner, store } = this.#tools;
    await this.#inTurn(principal, jobId, async () => {
      // It may still wait for the end of the pages that had begun.
      if (runner.get(jobId)?.resume() === true) return;
      await this.#untilClosed(jobId);
      const job = await store.get(jobId);
      if (job?.state !== "paused") throw conflict("The job is not paused.");
      runner.start(job);
    });
  }

  /**
   * Reads one page again; its text so far stays until there is a new one, and as a version.
   *
   * @throws AppError job_not_found, page_not_found, job_state_conflict, engine_unknown,
   *   quota_exceeded.
   */
  async retryPage(
    principal: Principal,
    jobId: string,
    page: number,
    overrides: PageOverrides,
  ): Promise<void> {
    const { store, runner, engines, quota } = this.#tools;
    if (overrides.engine !== undefined) engines.get(overrides.engine);
    await this.#inTurn(principal, jobId, async () => {
      await this.#untilClosed(jobId);
      const job = await this.#restingPage(principal, jobId, page);
      const run = runner.get(jobId);
      if (job.state === "paused" || run?.isHeld === true) {
        throw conflict("The job is paused. Resume it first.");
      }
      using _ = quota.reserve(principal.userId, 1);
      if (run) {
        const isTaken = await run.readAgain(page, overrides);
        if (!isTaken) throw conflict("The job was just stopped. Try again in a moment.");
      } else {
        await store.requeuePage(jobId, page, overrides);
        runner.start(job, 1);
      }
    });
  }

  /** @returns the new version. @throws AppError job_not_found, page_not_found, job_state_conflict. */
  async editPage(
    principal: Principal,
    jobId: string,
    page: number,
    text: string,
  ): Promise<PageVersion> {
    return await this.#inTurn(principal, jobId, async () => {
      await this.#restingPage(principal, jobId, page);
      const version = await this.#tools.store.editPage(jobId, page, text);
      return await this.#announceText(jobId, page, version);
    });
  }

  /**
   * An earlier text counts again.
   *
   * @throws AppError job_not_found, page_not_found, page_version_not_found, job_state_conflict.
   */
  async restoreVersion(
    principal: Principal,
    jobId: string,
    page: number,
    version: number,
  ): Promise<PageVersion> {
    return await this.#inTurn(principal, jobId, async () => {
      await this.#restingPage(principal, jobId, page);
      const isThere = await this.#tools.store.restoreVersion(jobId, page, version);
      if (!isThere) throw noVersion();
      return await this.#announceText(jobId, page, version);
    });
  }

  /**
   * The text of a page with its lines.
   *
   * @param version the one that counts where left out.
   * @throws AppError job_not_found, page_not_found, page_version_not_found where it has no text.
   */
  async version(
    principal: Principal,
    jobId: string,
    page: number,
    version?: number,
  ): Promise<PageVersion> {
    await this.#job(principal, jobId);
    await this.#page(jobId, page);
    const found = await this.#tools.store.version(jobId, page, version);
    if (!found) throw noVersion();
    return found;
  }

  /** Newest first, without lines. @throws AppError job_not_found, page_not_found. */
  async versions(principal: Principal, jobId: string, page: number): Promise<PageVersion[]> {
    await this.#job(principal, jobId);
    await this.#page(jobId, page);
    return await this.#tools.store.versions(jobId, page);
  }

  /** With its file, jobs and texts; what was used stays. @throws AppError document_not_found. */
  async removeDocument(principal: Principal, documentId: string): Promise<void> {
    await this.#turns.take(documentId, async () => {
      const { library, store } = this.#tools;
      library.get(principal.userId, documentId);
      await this.#forget(documentId, await store.list({ documentId }, { limit: -1 }));
    });
  }

  /**
   * For the retention, which asks for nobody.
   *
   * @returns false where the document has gone already, or somebody is having it read again.
   */
  async forget(documentId: string): Promise<boolean> {
    return await this.#turns.take(documentId, async () => {
      const { library, store } = this.#tools;
      const jobs = await store.list({ documentId }, { limit: -1 });
      if (!library.has(documentId) || !jobs.every(({ state }) => isEnded(state))) return false;
      await this.#forget(documentId, jobs);
      return true;
    });
  }

  async #forget(documentId: string, jobs: readonly StoredJob[]): Promise<void> {
    // Also for those who follow them, and would wait for ever.
    for (const { id } of jobs) await this.#callOff(id);
    await this.#tools.library.remove(documentId);
  }

  async #inTurn<T>(
    principal: Principal,
    jobId: string,
    change: (job: StoredJob) => Promise<T>,
  ): Promise<T> {
    const { documentId } = await this.#job(principal, jobId);
    return await this.#turns.take(
      documentId,
      async () => await change(await this.#job(principal, jobId)),
    );
  }

  /** A run that has read all its pages still stores how it has ended. */
  async #untilClosed(jobId: string): Promise<void> {
    const { runner } = this.#tools;
    if (runner.get(jobId)?.isOver === true) await runner.untilOver(jobId);
  }

  async #job(principal: Principal, jobId: string): Promise<StoredJob> {
    const job = await this.#tools.store.get(jobId);
    if (!job || job.userId !== principal.userId) {
      throw new AppError("job_not_found", "There is no such job of yours.");
    }
    return job;
  }

  async #page(jobId: string, page: number): Promise<JobPage> {
    const found = await this.#tools.store.page(jobId, page);
    if (!found) throw new AppError("page_not_found", `The job does not read page ${page}.`);
    return found;
  }

  /** The job of a page that nobody reads or is about to read: of an ended job all are so. */
  async #restingPage(principal: Principal, jobId: string, page: number): Promise<StoredJob> {
    const job = await this.#job(principal, jobId);
    const { state } = await this.#page(jobId, page);
    if (!isEnded(job.state) && (state === "pending" || state === "running")) {
      throw conflict("The page waits or is being read. Wait for its end, or cancel the job.");
    }
    return job;
  }

  async #announceText(jobId: string, page: number, version: number): Promise<PageVersion> {
    const stored = await this.#tools.store.version(jobId, page, version);
    if (!stored) throw noVersion();
    const state = await this.#page(jobId, page);
    using log = this.#tools.logs.open(jobId);
    log.append({ type: "page", ...state });
    log.append({ type: "text", page, attempt: state.attempt, text: stored.text });
    return stored;
  }

  async #announce(jobId: string): Promise<void> {
    const job = await this.#tools.store.get(jobId);
    if (!job) return;
    using log = this.#tools.logs.open(jobId);
    for (const page of await this.#tools.store.pages(jobId)) log.append({ type: "page", ...page });
    log.append(jobEvent(job));
  }
}

function toJob({ userId: _userId, usageId: _usageId, ...job }: StoredJob): Job {
  return job;
}

function conflict(detail: string): AppError {
  return new AppError("job_state_conflict", detail);
}

function noVersion(): AppError {
  return new AppError("page_version_not_found", "The page has no such text.");
}
