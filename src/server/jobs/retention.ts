/**
 * How long documents are kept: with their file, jobs and texts they go when their time is over. What
 * was used stays, for it belongs to the account.
 */
import type { DocumentLibrary } from "../documents/library.ts";
import type { Logger } from "../logger.ts";
import type { Jobs } from "./jobs.ts";
import type { JobStore } from "./store.ts";
import { isEnded } from "../../shared/job-states.ts";

export interface RetentionOptions {
  jobs: Jobs;
  store: JobStore;
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

export class Retention implements Disposable {
  readonly #options: RetentionOptions;
  readonly #timer: Timer;
  /** Of documents that were read and are not kept. */
  readonly #leaving = new Set<Timer>();

  constructor(options: RetentionOptions) {
    this.#options = options;
    const sweep = (): void => void this.sweep().catch((error: unknown) => this.#complain(error));
    this.#timer = setInterval(sweep, SWEEP_EVERY_MS);
    this.#timer.unref();
  }

  /**
   * Removes what is too old, unless it is still being read.
   *
   * @returns how many documents that were.
   */
  async sweep(now = Date.now()): Promise<number> {
    const { library, jobs, days, logger } = this.#options;
    const keptMs = days === 0 ? HOUR_MS : days * DAY_MS;
    let removed = 0;
    for (;;) {
      const ids = library.olderThan(now - keptMs, BATCH);
      for (const id of ids) await jobs.forget(id);
      removed += ids.length;
      if (ids.length < BATCH) break;
    }
    if (removed > 0) logger.info({ documents: removed }, "removed what was kept long enough");
    return removed;
  }

  /** Where nothing is kept, the document goes soon after its last job. */
  onJobEnded(documentId: string): void {
    const { days, fetchMs = FETCH_MS } = this.#options;
    if (days > 0) return;
    const timer = setTimeout(() => {
      this.#leaving.delete(timer);
      void this.#removeUnlessRead(documentId).catch((error: unknown) => this.#complain(error));
    }, fetchMs);
    timer.unref();
    this.#leaving.add(timer);
  }

  async #removeUnlessRead(documentId: string): Promise<void> {
    const { jobs, store } = this.#options;
    const all = await store.list({ documentId }, { limit: -1 });
    if (all.length > 0 && all.every((job) => isEnded(job.state))) await jobs.forget(documentId);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const timer of this.#leaving) clearTimeout(timer);
  }

  #complain(error: unknown): void {
    this.#options.logger.error({ err: error }, "documents could not be removed");
  }
}
