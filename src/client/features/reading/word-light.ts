/**
 * Which word is lit, on both sides at once, and which one somebody wants to see on the other side.
 * Apart from React: it changes with every move of the pointer.
 */

export interface LitWord {
  page: number;
  /** Of the page's words. */
  index: number;
}

export type Side = "picture" | "text";

type Show = (word: LitWord) => void;

export class WordLight {
  lit: LitWord | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #showers = new Map<Side, Show>();

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  light(word: LitWord | undefined): void {
    if (word?.page === this.lit?.page && word?.index === this.lit?.index) return;
    this.lit = word;
    for (const listener of this.#listeners) listener();
  }

  /** Brings the word into view on the side. */
  show(side: Side, word: LitWord): void {
    this.light(word);
    this.#showers.get(side)?.(word);
  }

  /** For the side itself. */
  onShow(side: Side, show: Show): () => void {
    this.#showers.set(side, show);
    return () => this.#showers.delete(side);
  }
}
