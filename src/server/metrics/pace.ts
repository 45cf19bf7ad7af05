/** How long the last pages took with their engine: what people may expect of the next one. */

/** So many of the last pages: enough to be calm, few enough to follow a change. */
const PAGES = 20;

export class Pace {
  readonly #seconds: number[] = [];

  /** @param seconds with the engine, of a page that was read. */
  add(seconds: number): void {
    this.#seconds.push(seconds);
    if (this.#seconds.length > PAGES) this.#seconds.shift();
  }

  /** The mean; undefined before the first page. */
  get secondsPerPage(): number | undefined {
    const { length } = this.#seconds;
    return length === 0 ? undefined : this.#seconds.reduce((sum, one) => sum + one, 0) / length;
  }
}
