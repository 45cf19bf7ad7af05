/**
 * Turns the pages of files into pictures. Nothing of a file is parsed in this process: that happens
 * in child processes, each page under a limit of time and memory.
 */
import { join } from "node:path";
import { type AppError, toAppError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { Metrics } from "../metrics/registry.ts";
import type { ImageProfile } from "../page-image.ts";
import { ChildPool } from "../processes/child-pool.ts";
import { ChildLostError } from "../processes/child.ts";
import { type Stage, failure } from "./failures.ts";
import type {
  DocumentSource,
  OpenLimits,
  OpenedDocument,
  RasterResult,
  RasterTask,
  RenderedPage,
} from "./task.ts";

export type { DocumentSource, OpenLimits, OpenedDocument, RenderedPage };

export interface RasterOptions {
  processes: number;
  /** Milliseconds that opening a file, or drawing a page, may take. */
  timeoutMs: number;
  /** Resident MiB of one child. */
  memoryLimitMb: number;
  recycleAfterPages?: number;
  logger: Logger;
  metrics?: Pick<Metrics, "childPools" | "rasterSeconds">;
}

const RECYCLE_AFTER_PAGES = 500;

export class Raster implements AsyncDisposable {
  readonly #pool: ChildPool<RasterTask, never, RasterResult>;
  readonly #timeoutMs: number;
  readonly #seconds: Metrics["rasterSeconds"] | undefined;

  constructor(options: RasterOptions) {
    this.#timeoutMs = options.timeoutMs;
    this.#seconds = options.metrics?.rasterSeconds;
    this.#pool = new ChildPool({
      name: "raster",
      entry: join(import.meta.dir, "child.ts"),
      args: [String(options.memoryLimitMb)],
      size: options.processes,
      memoryLimitMb: options.memoryLimitMb,
      recycleAfterTasks: options.recycleAfterPages ?? RECYCLE_AFTER_PAGES,
      logger: options.logger,
      metrics: options.metrics?.childPools,
    });
  }

  /** Starts the children, so that the first page need not wait for them. */
  async warm(): Promise<void> {
    await this.#pool.warm();
  }

  /** Process ids of the living children. */
  get pids(): number[] {
    return this.#pool.pids;
  }

  /** How many children were killed or died before their time. */
  get lost(): number {
    return this.#pool.lost;
  }

  /**
   * Makes sure that the file can be read, and counts its pages.
   *
   * @param profile for the picture of single-frame images, which comes with the answer.
   * @throws AppError file_damaged, file_unsupported, password_needed, password_wrong, no_pages,
   *   too_many_pages, too_many_pixels, open_timeout, open_memory; the signal's reason after an abort.
   */
  async open(
    source: DocumentSource,
    limits: OpenLimits,
    profile: ImageProfile,
    signal: AbortSignal,
  ): Promise<OpenedDocument> {
    const result = await this.#run({ kind: "open", source, limits, profile }, signal);
    if (result.kind !== "opened") throw failure("file_damaged");
    return result.document;
  }

  /**
   * Draws one page of a file that `open` found readable.
   *
   * @param page from 1.
   * @throws AppError page_unreadable, page_timeout, page_memory, too_many_pixels; the signal's reason
   *   after an abort. The other pages stay readable after each of them.
   */
  async render(
    source: DocumentSource,
    page: number,
    limits: OpenLimits,
    profile: ImageProfile,
    signal: AbortSignal,
  ): Promise<RenderedPage> {
    const result = await this.#run({ kind: "render", source, page, limits, profile }, signal);
    if (result.kind !== "rendered") throw failure("page_unreadable");
    return result.page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }

  async #run(task: RasterTask, signal: AbortSignal): Promise<RasterResult> {
    const stage = task.kind === "open" ? "open" : "page";
    const observeSeconds = this.#seconds?.startTimer({ task: stage });
    try {
      return await this.#runWithRetry(stage, task, signal);
    } finally {
      observeSeconds?.();
    }
  }

  /** A child that simply died may have done so for any reason, so the task gets a second one. */
  async #runWithRetry(stage: Stage, task: RasterTask, signal: AbortSignal): Promise<RasterResult> {
    const options = {
      signal,
      silenceTimeoutMs: this.#timeoutMs,
      affinity: task.source.path,
    };
    try {
      return await this.#pool.run(task, options);
    } catch (error) {
      if (!(error instanceof ChildLostError)) throw error;
      if (error.reason !== "crashed") throw lossFailure(stage, error);
    }
    try {
      return await this.#pool.run(task, options);
    } catch (error) {
      throw error instanceof ChildLostError ? lossFailure(stage, error) : error;
    }
  }
}

function lossFailure(stage: Stage, error: ChildLostError): AppError {
  // That says nothing of the file.
  if (!error.hadTask) return toAppError(error);
  switch (error.reason) {
    case "timeout":
      return failure(stage === "open" ? "open_timeout" : "page_timeout", error);
    case "memory":
      return failure(stage === "open" ? "open_memory" : "page_memory", error);
    case "crashed":
      return failure(stage === "open" ? "file_damaged" : "page_unreadable", error);
  }
  return error.reason satisfies never;
}
