/** From callbacks to a loop: items as they come, then the end or an error. */
export class Queue<T> {
  readonly #items: T[] = [];
  #end: { error?: unknown } | undefined;
  #wake = (): void => {};

  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  /** The first end counts. */
  end(): void {
    this.#end ??= {};
    this.#wake();
  }

  /** The loop throws it after the items that were there before. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      yield* this.#items.splice(0);
      if (this.#items.length > 0) continue;
      if (this.#end && "error" in this.#end) throw this.#end.error;
      if (this.#end) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
