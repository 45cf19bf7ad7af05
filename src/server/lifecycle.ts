/**
 * Which streams run, and how they end when the server stops: no new ones, the running ones may
 * finish within the grace time, the rest is cancelled with its usage recorded.
 */
import type { WatchedStream } from "./auth/credential-watch.ts";
import type { Principal } from "./auth/principal.ts";
import { AppError } from "./errors.ts";

/** How long cancelled streams may take to send their last event and close their rows. */
const CLOSE_TIMEOUT_MS = 5_000;

export class Lifecycle {
  readonly #streams = new Map<AbortController, Principal | undefined>();
  readonly #followers = new Map<AbortController, Principal>();
  #draining = false;
  #empty = Promise.withResolvers<void>();

  /** True from the first signal on: the server is not ready for new work. */
  get draining(): boolean {
    return this.#draining;
  }

  get activeStreams(): number {
    return this.#streams.size;
  }

  /** Those that run and those that only look on, and for whom. */
  *streams(): Generator<WatchedStream> {
    for (const [controller, principal] of this.#streams) yield { controller, principal };
    for (const [controller, principal] of this.#followers) yield { controller, principal };
  }

  /**
   * Registers a stream for as long as the returned handle lives.
   *
   * @param principal whom it runs for, where it is somebody: once the credential is revoked, the
   *   controller is aborted.
   * @throws AppError shutting_down while the server stops.
   */
  enter(controller: AbortController, principal: Principal | undefined): Disposable {
    if (this.#draining) throw shuttingDown();
    this.#streams.set(controller, principal);
    return {
      [Symbol.dispose]: () => {
        this.#streams.delete(controller);
        if (this.#streams.size === 0) this.#empty.resolve();
      },
    };
  }

  /**
   * Registers somebody who only looks on: a stop does not wait for their end, it cuts them off, and
   * they come back to the next server.
   */
  follow(controller: AbortController, principal: Principal): Disposable {
    this.#followers.set(controller, principal);
    return { [Symbol.dispose]: () => void this.#followers.delete(controller) };
  }

  /** Resolves when no stream runs any more; cancels what still runs after `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    await this.#untilEmpty(graceMs);
    this.cancelAll();
    await this.#untilEmpty(CLOSE_TIMEOUT_MS);
  }

  /** Ends every running stream now, each with an `error` event, and sends away who only looks on. */
  cancelAll(): void {
    for (const controller of this.#followers.keys()) controller.abort(shuttingDown());
    for (const controller of this.#streams.keys()) controller.abort(shuttingDown());
  }

  async #untilEmpty(timeoutMs: number): Promise<void> {
    if (this.#streams.size === 0) return;
    this.#empty = Promise.withResolvers<void>();
    const timer = setTimeout(this.#empty.resolve, timeoutMs);
    await this.#empty.promise;
    clearTimeout(timer);
  }
}

function shuttingDown(): AppError {
  return new AppError("shutting_down", "The server is shutting down. Try again in a moment.");
}
