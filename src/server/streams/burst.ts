/**
 * How long items of one stream may be handed out back to back. Items that are all ready would otherwise
 * keep other work, even the flush of the first of them, from its turn.
 */

const BURST_MS = 4;
/** An item that took so long was not ready. */
const WAITED_MS = 0.5;

/** For one stream. Times are of `performance.now()`. */
export class Burst {
  #start = performance.now();

  /** Before the source is asked. @returns what to wait for first, where other work has its turn. */
  turn(askedAt: number): Promise<void> | undefined {
    if (askedAt - this.#start <= BURST_MS) return undefined;
    this.#start = askedAt;
    return new Promise<void>((resolve) => void setImmediate(resolve));
  }

  /** After the source has answered: who had to wait for it has let the others have their turn. */
  answered(askedAt: number, now: number): void {
    if (now - askedAt > WAITED_MS) this.#start = now;
  }
}
