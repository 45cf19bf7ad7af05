/** The backups that the server makes. */
import { Counter, Gauge, type Registry } from "prom-client";

export interface FinishedBackup {
  /** When it was whole, in Unix milliseconds. */
  at: number;
  seconds: number;
  bytes: number;
  /** Files of documents that the server has lost. */
  lost: number;
}

export class BackupMetrics {
  readonly #lastSuccess: Gauge;
  readonly #seconds: Gauge;
  readonly #bytes: Gauge;
  readonly #lost: Gauge;
  readonly #failures: Counter;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string): Gauge =>
      new Gauge({ name: `my_ocr_backup_${name}`, help, registers: [registry] });
    this.#lastSuccess = gauge(
      "last_success_timestamp_seconds",
      "When the newest backup in BACKUP_DIR was made, in seconds since 1970; 0 while there is none.",
    );
    this.#seconds = gauge("duration_seconds", "Seconds that the last backup took.");
    this.#bytes = gauge("bytes", "Bytes of all files of the last backup.");
    this.#lost = gauge(
      "lost_files",
      "Files of documents that the server has lost, and the last backup does not have.",
    );
    this.#failures = new Counter({
      name: "my_ocr_backup_failures_total",
      help: "Backups that the server could not make.",
      registers: [registry],
    });
  }

  /** @param at when one was made that is there, in Unix milliseconds; the newest counts. */
  found(at: number): void {
    this.#lastSuccess.set(at / 1000);
  }

  succeeded({ at, seconds, bytes, lost }: FinishedBackup): void {
    this.found(at);
    this.#seconds.set(seconds);
    this.#bytes.set(bytes);
    this.#lost.set(lost);
  }

  failed(): void {
    this.#failures.inc();
  }
}
