/**
 * How long documents are kept: with their file, jobs and texts they go when their time is over. What
 * was used stays, for it belongs to the account.
 */
import { setImmediate } from "node:timers/promises";
import type { DocumentLibrary } from "../documents/library.ts";
import type { Logger } from "../logger.ts";
import type { Jobs } from "./jobs.ts";

export interface RetentionOptions {
  jobs: Jobs;
  library: DocumentLibrary;
  /** 0: a minute after the last job of a document has ended. */
  days: number;
  /** Where nothing is kept: how long what was read can still be fetched. */
  fetchMs?: number;
  logger: Logger;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Where nothing is kept: time to fetch what was read, also after a short loss of the network. */
const FETCH_MS = 60_000;
const SWEEP_EVERY_MS = HOUR_MS;
/** Removed at once; the others wait for the next turn. */
const BATCH = 200;

/** Disposing it ends a sweep behind the document that it is at; the next start goes on. */
export class Retention implements AsyncDisposable {
  readonly #options: RetentionOptions;
  #timer: Timer | undefined;
  #sweeping: Promise<void> | undefined;
  #isStopping = false;
  /** Of documents that were read and are not kept. */
  readonly #leaving = new Set<Timer>();

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Sweeps now and each hour, in the background: whoever starts a server waits for none of it. */
  start(): void {
    this.#sweepAlone();
    this.#timer = setInterval(() => this.#sweepAlone(), SWEEP_EVERY_MS);
    this.#timer.unref();
  }

  #sweepAlone(): void {
    this.#sweeping ??= this.sweep()
      .then(
        () => undefined,
        (error: unknown) => this.#complain(error),
      )
      .finally(() => {
        this.#sweeping = undefined;
      });
  }

  /**
   * Removes what is too old, unless it is still being read, or read again.
   *
   * @returns how many documents that were.
   */
  async sweep(now = Date.now()): Promise<number> {
    const { library, jobs, days, logger } = this.#options;
    const keptMs = days === 0 ? HOUR_MS : days * DAY_MS;
    let removed = 0;
    let ids: string[];
    do {
      ids = library.olderThan(now - keptMs, BATCH);
      for (const id of ids) {
        // The database answers at once, so that without a break requests would wait for all of them.
        await setImmediate();
        if (this.#isStopping) break;
        removed += Number(await jobs.forget(id));
      }
    } while (ids.length === BATCH && !this.#isStopping);
    if (removed > 0) logger.info({ documents: removed }, "removed what was kept long enough");
    return removed;
  }

  /** Where nothing is kept, the document goes soon after its last job. */
  onJobEnded(documentId: string): void {
    const { days, fetchMs = FETCH_MS } = this.#options;
    if (days > 0) return;
    const timer = setTimeout(() => {
      this.#leaving.delete(timer);
      void this.#options.jobs.forget(documentId).catch((error: unknown) => this.#complain(error));
    }, fetchMs);
    timer.unref();
    this.#leaving.add(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    for (const timer of this.#leaving) clearTimeout(timer);
    await this.#sweeping;
  }

  #complain(error: unknown): void {
    this.#options.logger.error({ err: error }, "documents could not be removed");
  }
}
