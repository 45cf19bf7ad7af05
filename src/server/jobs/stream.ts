/**
 * A job as the NDJSON stream of the request that has started it. The stream follows the job, but the
 * job goes with it: who leaves cancels what is not read yet. Only a server that stops does not: the
 * job is taken up at the next start.
 */
import type { Document, Job } from "../../shared/jobs.ts";
import type { OcrEvent, PageErrorEvent, Usage } from "../../shared/ocr-events.ts";
import type { Principal } from "../auth/principal.ts";
import { AppError, toAppError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { type StreamForm, pageForm, textForm } from "../ocr/stream-forms.ts";
import type { UsageLedger } from "../ocr/usage-ledger.ts";
import type { Jobs } from "./jobs.ts";
import { PageEvents, type PageSources } from "./page-events.ts";
import type { JobRunner } from "./runner.ts";
import { isEnded } from "../../shared/job-states.ts";

export interface JobStreamRequest {
  requestId: string;
  principal: Principal;
  document: Document;
  /** Just started: nobody else has done anything with it. */
  job: Job;
  /** The pages that it reads, ascending. */
  pages: readonly number[];
  /** The form of the stream: see `stream-forms.ts`. */
  kind: "image" | "pdf";
  /** Aborting it cancels the job; leaving the loop aborts it. */
  controller: AbortController;
  logger: Logger;
}

export interface JobStreamTools {
  jobs: Jobs;
  runner: JobRunner;
  ledger: UsageLedger;
}

/** Watches over the job from now on, whether the events are read or not. */
export function streamJob(
  request: JobStreamRequest,
  tools: JobStreamTools,
): AsyncGenerator<OcrEvent, void, undefined> {
  return new JobStream(request, tools).events();
}

class JobStream {
  readonly #request: JobStreamRequest;
  readonly #tools: JobStreamTools;
  readonly #form: StreamForm;
  readonly #pages: PageEvents;
  readonly #failedPages: number[] = [];
  #cancelled: Promise<void> = Promise.resolve();
  /** No other page begins: the end that the stream waits for does not come. */
  #isStopping = false;

  constructor(request: JobStreamRequest, tools: JobStreamTools) {
    this.#request = request;
    this.#tools = tools;
    const { job, document, requestId, kind } = request;
    this.#form = (kind === "pdf" ? pageForm : textForm)({
      requestId,
      pages: job.pages,
      documentPages: document.pages,
      kept: { document_id: document.id, job_id: job.id },
    });
    this.#pages = new PageEvents(request.pages, kind === "image", {
      version: async (page, version) => await this.#version(page, version),
      used: (page) => this.#usedBy(page),
    });
    const { signal } = request.controller;
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener("abort", this.#onAbort, { once: true });
    void this.#watchStop();
  }

  async *events(): AsyncGenerator<OcrEvent, void, undefined> {
    const { controller } = this.#request;
    let failure: AppError | undefined;
    let isTaken = false;
    try {
      yield this.#form.start;
      try {
        yield* this.#ofJob();
      } catch (error) {
        failure = this.#failureOf(error);
        await this.#cancelled;
        for (const event of this.#pages.close(failure)) yield* this.#form.convert(event);
      }
      isTaken = true;
    } finally {
      if (!isTaken) controller.abort(new AppError("cancelled", "The reader left."));
      await this.#cancelled;
      controller.signal.removeEventListener("abort", this.#onAbort);
    }
    const usage = this.#usage();
    if (failure) {
      const { code, message: detail } = failure;
      yield { type: "error", code, detail, usage, request_id: this.#request.requestId };
    } else {
      yield this.#form.end(usage, this.#failedPages);
    }
  }

  /** @throws AppError where the job does not come to its end; the signal's reason after an abort. */
  async *#ofJob(): AsyncGenerator<OcrEvent, void, undefined> {
    const { principal, job, controller } = this.#request;
    const batches = this.#tools.jobs.events(principal, job.id, undefined, controller.signal);
    let state = job.state;
    for await (const { events } of batches) {
      for (const event of events) {
        if (event.type === "job") ({ state } = event);
        for await (const pageEvent of this.#pages.apply(event)) {
          if (pageEvent.type === "page_error") this.#failedPages.push(pageEvent.page);
          yield* this.#form.convert(pageEvent);
        }
      }
      this.#stopIfIdle();
    }
    if (state === "cancelled") throw new AppError("cancelled", "The job was cancelled.");
    if (!isEnded(state)) throw new AppError("job_not_found", "The document was removed.");
  }

  readonly #onAbort = (): void => {
    const { principal, job, controller, logger } = this.#request;
    if (toAppError(controller.signal.reason).code === "shutting_down") return;
    this.#cancelled = this.#tools.jobs.cancel(principal, job.id).catch((error: unknown) => {
      // Who has removed the document has ended the job with it.
      if (toAppError(error).code !== "job_not_found") logger.error({ err: error }, "not cancelled");
    });
  };

  /** Notices when the job's run ends before the job does: the server stops. */
  async #watchStop(): Promise<void> {
    const { principal, job } = this.#request;
    const { runner, jobs } = this.#tools;
    await runner.untilOver(job.id).catch(() => {});
    const { state } = await jobs.get(principal, job.id).catch(() => ({ state: undefined }));
    this.#isStopping = (state === "running" || state === "queued") && !runner.get(job.id);
    this.#stopIfIdle();
  }

  /** Pages that had begun have ended, and the reader is told so first. */
  #stopIfIdle(): void {
    if (!this.#isStopping || !this.#pages.isIdle) return;
    const detail = "The server is stopping. The job goes on when it has started again.";
    this.#request.controller.abort(new AppError("shutting_down", detail));
  }

  #failureOf(error: unknown): AppError {
    const { controller, logger } = this.#request;
    const failure = toAppError(controller.signal.aborted ? controller.signal.reason : error);
    if (failure.code === "internal") logger.error({ err: error }, "a job could not be followed");
    // Nothing may go on unseen.
    controller.abort(failure);
    return failure;
  }

  async #version(page: number, version: number): ReturnType<PageSources["version"]> {
    const { principal, job } = this.#request;
    return await this.#tools.jobs.version(principal, job.id, page, version).catch((error) => {
      if (toAppError(error).status === 404) return undefined;
      throw error;
    });
  }

  /** The usage of a job's first run is named by the job: see `runner.ts`. */
  #usage(): Usage {
    const { job, kind } = this.#request;
    const row = this.#tools.ledger.find(job.id);
    const isOneText = kind === "image" && job.pages === 1;
    return {
      ...wireUsage(row),
      prompt_chars: row?.promptChars ?? 0,
      input_bytes: row?.inputBytes ?? this.#request.document.bytes,
      ...(!isOneText && { pages: row?.pages ?? job.pages }),
    };
  }

  #usedBy(page: number): ReturnType<PageSources["used"]> {
    const attempt = this.#tools.ledger.firstAttempt(this.#request.job.id, page);
    return { usage: wireUsage(attempt), ...(attempt?.estimated === true && { estimated: true }) };
  }
}

function wireUsage(used?: {
  promptTokens: number;
  completionTokens: number;
  completionChars: number;
}): PageErrorEvent["usage"] {
  return {
    prompt_tokens: used?.promptTokens ?? 0,
    completion_tokens: used?.completionTokens ?? 0,
    completion_chars: used?.completionChars ?? 0,
  };
}
