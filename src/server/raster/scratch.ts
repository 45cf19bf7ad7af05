/**
 * Memory that one page after the other is drawn and encoded in. A fresh buffer for each page, some
 * 5 MB at a time, piles up to hundreds of MB before the collector runs, and costs page faults.
 */

/** A larger buffer, of a page larger than engines like, is not kept. */
const LARGEST_KEPT_BYTES = 32 * 1024 * 1024;

export class Scratch {
  #kept = new Uint8Array(0);

  /**
   * The whole of a buffer, valid until the next call. It holds what the page before left in it. Most
   * pages of a document are of one size, so that a buffer that fits is nearly always there.
   */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (bytes > LARGEST_KEPT_BYTES) return new Uint8Array(bytes);
    if (this.#kept.length !== bytes) this.#kept = new Uint8Array(bytes);
    return this.#kept;
  }
}
