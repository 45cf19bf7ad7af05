/**
 * Yields the source's items as they come, and `beat()` after each `intervalMs` without one. Leaving
 * the loop ends the source.
 */
export async function* withHeartbeat<T>(
  source: AsyncIterable<T>,
  intervalMs: number,
  beat: () => T,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  using silence = new SilenceWatch(intervalMs);
  let ended = false;
  try {
    for (;;) {
      const next = iterator.next();
      for (;;) {
        const result = await silence.orSilence(next);
        if (!result) {
          yield beat();
          continue;
        }
        if (result.done) {
          ended = true;
          return;
        }
        yield result.value;
        break;
      }
    }
  } finally {
    if (!ended) await iterator.return?.();
  }
}

/** One timer that looks again when the time may be over: one an item would cost more than the item. */
class SilenceWatch implements Disposable {
  readonly #intervalMs: number;
  #timer: Timer;
  #since = performance.now();
  #onSilence: (() => void) | undefined;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.#timer = setTimeout(() => this.#check(), intervalMs);
  }

  /** What the promise gives, or undefined after the interval. */
  async orSilence<T>(promise: Promise<T>): Promise<T | undefined> {
    this.#since = performance.now();
    return await new Promise<T | undefined>((resolve, reject) => {
      this.#onSilence = () => resolve(undefined);
      promise.then(resolve, reject);
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #check(): void {
    const left = this.#intervalMs - (performance.now() - this.#since);
    if (left <= 0) this.#onSilence?.();
    this.#timer = setTimeout(() => this.#check(), left > 0 ? left : this.#intervalMs);
  }
}
