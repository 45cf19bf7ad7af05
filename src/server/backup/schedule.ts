/** The server's own backups: the first soon after the start where one is due, then one each time. */
import type { Logger } from "../logger.ts";
import type { BackupMetrics } from "../metrics/backups.ts";
import type { BackupTask } from "./create.ts";
import { listBackups, timeOf } from "./folder.ts";
import { runBackup } from "./run.ts";

export interface ScheduleOptions {
  task: BackupTask;
  /** Between the beginnings of two backups. */
  everyMs: number;
  /** How often the clock is looked at; timers cannot wait for months, and computers sleep. */
  lookMs?: number;
  metrics: BackupMetrics;
  logger: Logger;
}

const LOOK_MS = 60_000;
/** After a failure, unless backups come more often anyway. */
const RETRY_MS = 3_600_000;

/** Disposing it kills a backup that goes on; nothing of that is left. */
export class BackupSchedule implements AsyncDisposable {
  readonly #options: ScheduleOptions;
  readonly #timer: Timer;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), options.lookMs ?? LOOK_MS);
    this.#timer.unref();
    void this.look();
  }

  /** Makes a backup where one is due. Resolves when none is under way any more; never rejects. */
  async look(): Promise<void> {
    this.#running ??= this.#backUpWhereDue().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #backUpWhereDue(): Promise<void> {
    const { task, metrics, logger } = this.#options;
    const startedAt = performance.now();
    try {
      if (!(await this.#isDue())) return;
      const report = await runBackup(task, this.#stop.signal);
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.succeeded({ ...report, seconds, at: Date.now() });
      logger.info({ ...report, seconds }, "made a backup");
      if (report.lost > 0) {
        logger.error({ files: report.lost }, "files of documents are lost, and not in the backup");
      }
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#failedAt = Date.now();
      metrics.failed();
      logger.error({ err: error, folder: task.folder }, "no backup could be made");
    }
  }

  async #isDue(): Promise<boolean> {
    const { task, everyMs, metrics } = this.#options;
    const now = Date.now();
    const isRetryDue = now - this.#failedAt >= Math.min(RETRY_MS, everyMs);
    const [newest] = await listBackups(task.folder).catch((error: unknown): string[] => {
      // Of a folder that cannot be read people were told when the last one failed.
      if (isRetryDue) throw error;
      return [];
    });
    // People may have made it, or a run before this one.
    if (newest !== undefined) metrics.found(timeOf(newest));
    const age = newest === undefined ? Number.POSITIVE_INFINITY : now - timeOf(newest);
    return isRetryDue && age >= everyMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort(new Error("the server stops"));
    await this.#running;
  }
}
