/**
 * Runs up to `concurrency` sources at once and yields their items in the order of the sources: all
 * of the first, then all of the second. Sources ahead of their turn are read into memory, so each
 * must be small as a whole; a next one starts when an earlier one has been yielded to its end.
 * Leaving the loop ends every source that runs.
 */
export async function* inOrder<T>(
  starts: readonly (() => AsyncIterable<T>)[],
  concurrency: number,
): AsyncGenerator<T, void, undefined> {
  const ahead: ReadAhead<T>[] = [];
  let next = 0;
  const fill = (): void => {
    while (ahead.length < concurrency) {
      const start = starts[next++];
      if (!start) return;
      ahead.push(new ReadAhead(start()));
    }
  };
  try {
    for (fill(); ahead[0]; ahead.shift(), fill()) yield* ahead[0].items();
  } finally {
    await Promise.all(ahead.map((source) => source.stop()));
  }
}

/** Reads a source to its end on its own, and hands out what it has. */
class ReadAhead<T> {
  readonly #iterator: AsyncIterator<T>;
  readonly #items: T[] = [];
  #ended = false;
  #error: { reason: unknown } | undefined;
  #wake = Promise.withResolvers<void>();
  readonly #finished: Promise<void>;

  constructor(source: AsyncIterable<T>) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#finished = this.#read();
  }

  async *items(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#items.length > 0) yield* this.#items.splice(0);
      if (this.#error) throw this.#error.reason;
      if (this.#ended) return;
      this.#wake = Promise.withResolvers<void>();
      await this.#wake.promise;
    }
  }

  async stop(): Promise<void> {
    await this.#iterator.return?.();
    await this.#finished;
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const item = await this.#iterator.next();
        if (item.done) break;
        this.#items.push(item.value);
        this.#wake.resolve();
      }
    } catch (reason) {
      this.#error = { reason };
    }
    this.#ended = true;
    this.#wake.resolve();
  }
}
