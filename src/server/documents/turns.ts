/** Changes of the same thing one after another: what one has found is still so when it acts on it. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @throws what the change throws; the next one begins all the same. */
  async take<T>(key: string, change: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const result = before.then(change);
    const over = result.catch(() => {});
    this.#last.set(key, over);
    try {
      return await result;
    } finally {
      if (this.#last.get(key) === over) this.#last.delete(key);
    }
  }
}
