/**
 * Ends a call when the engine has been silent for too long. Only the time spent waiting for the
 * engine counts: a reader of ours that is slow is not the engine's fault.
 */
import { AppError } from "../../errors.ts";

export class SilenceTimer implements Disposable {
  readonly #timeoutMs: number;
  readonly #onTimeout: (reason: AppError) => void;
  /** Waited since the last delta, in ms, without the wait that goes on. */
  #waited = 0;
  /** When the wait that goes on began; undefined while there is none. */
  #waitingSince: number | undefined;
  #timer: Timer | undefined;

  constructor(timeoutMs: number, onTimeout: (reason: AppError) => void) {
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
  }

  /** Waits for the engine under the timer. */
  async watch<T>(wait: Promise<T>): Promise<T> {
    this.#waitingSince = performance.now();
    this.#timer ??= setTimeout(() => this.#check(), this.#timeoutMs - this.#waited);
    try {
      return await wait;
    } finally {
      this.#waited += performance.now() - this.#waitingSince;
      this.#waitingSince = undefined;
    }
  }

  /** The engine said something. Comments that only keep a connection alive do not count. */
  heard(): void {
    this.#waited = 0;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** One timer looks again when the time may be over: one for each wait would cost more than a chunk. */
  #check(): void {
    const now = performance.now();
    const waiting = this.#waitingSince === undefined ? 0 : now - this.#waitingSince;
    const left = this.#timeoutMs - this.#waited - waiting;
    if (left <= 0) this.#onTimeout(this.#error());
    else this.#timer = setTimeout(() => this.#check(), left);
  }

  #error(): AppError {
    return new AppError(
      "engine_timeout",
      `The engine said nothing for ${Math.round(this.#timeoutMs / 1000)} s. It may be overloaded; try again, or raise LLM_TIMEOUT_S.`,
    );
  }
}
