/**
 * Text on its way from a child process to the reader of its page. A second try at the page says
 * again what the first one said, since reading is deterministic: that much is left out.
 */
import { AppError } from "../../errors.ts";

export class TextQueue implements AsyncIterable<string> {
  /** All that was ever handed on. */
  #sent = "";
  /** What the present try has said. */
  #said = "";
  #waiting = "";
  #closed = false;
  #failure: AppError | undefined;
  #wake = Promise.withResolvers<void>();

  /** A new try begins. */
  rewind(): void {
    this.#said = "";
  }

  push(piece: string): void {
    this.#said += piece;
    if (this.#said.length <= this.#sent.length) return;
    if (!this.#said.startsWith(this.#sent)) {
      // Not thrown here: the one who pushes is a message handler, and nobody would catch it.
      this.#failure ??= new AppError(
        "engine_crashed",
        "The built-in engine crashed on this page and read it differently the second time. Try again.",
      );
      this.close();
      return;
    }
    this.#waiting += this.#said.slice(this.#sent.length);
    this.#sent = this.#said;
    this.#wake.resolve();
  }

  close(): void {
    this.#closed = true;
    this.#wake.resolve();
  }

  /** Pieces that wait together leave together. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    for (;;) {
      if (this.#waiting !== "") {
        const text = this.#waiting;
        this.#waiting = "";
        yield text;
        continue;
      }
      if (this.#failure) throw this.#failure;
      if (this.#closed) return;
      this.#wake = Promise.withResolvers<void>();
      await this.#wake.promise;
    }
  }
}
