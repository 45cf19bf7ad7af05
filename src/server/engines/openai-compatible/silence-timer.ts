/**
 * Ends a call when the engine has been silent for too long. Only the time spent waiting for the
 * engine counts: a reader of ours that is slow is not the engine's fault.
 */
import { AppError } from "../../errors.ts";

export class SilenceTimer implements Disposable {
  readonly #timeoutMs: number;
  readonly #onTimeout: (reason: AppError) => void;
  /** Waited since the last delta, in ms. */
  #waited = 0;
  #timer: Timer | undefined;

  constructor(timeoutMs: number, onTimeout: (reason: AppError) => void) {
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
  }

  /** Runs a wait for the engine under the timer. */
  async watch<T>(wait: () => Promise<T>): Promise<T> {
    const start = performance.now();
    this.#timer = setTimeout(() => this.#onTimeout(this.#error()), this.#timeoutMs - this.#waited);
    try {
      return await wait();
    } finally {
      clearTimeout(this.#timer);
      this.#waited += performance.now() - start;
    }
  }

  /** The engine said something. Comments that only keep a connection alive do not count. */
  heard(): void {
    this.#waited = 0;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #error(): AppError {
    return new AppError(
      "engine_timeout",
      `The engine said nothing for ${Math.round(this.#timeoutMs / 1000)} s. It may be overloaded; try again, or raise LLM_TIMEOUT_S.`,
    );
  }
}
