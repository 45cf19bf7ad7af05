/**
 * Chunks as a body that is pulled: the next one is made when the reader has taken the last. Leaving
 * it ends the source; an error of the source cuts the body, so that nobody takes it for whole.
 */
import { Burst } from "./burst.ts";

export interface PulledBytesOptions {
  /** The reader has left. Whatever the source still waits for should end now. */
  onLeave?: () => void;
  /** Once, when the last chunk was taken, the source has failed, or the reader has left. */
  onEnd?: () => void;
}

export function pulledBytes(
  chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
  options: PulledBytesOptions = {},
): ReadableStream<Uint8Array> {
  return new ReadableStream(new PulledSource(chunks, options), { highWaterMark: 0 });
}

class PulledSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #chunks: AsyncIterator<string | Uint8Array> | Iterator<string | Uint8Array>;
  readonly #options: PulledBytesOptions;
  readonly #encoder = new TextEncoder();
  readonly #burst = new Burst();
  #hasEnded = false;

  constructor(
    chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
    options: PulledBytesOptions,
  ) {
    this.#chunks =
      Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
    this.#options = options;
  }

  async pull(stream: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const askedAt = performance.now();
    const turn = this.#burst.turn(askedAt);
    if (turn) await turn;
    try {
      const { done, value } = await this.#chunks.next();
      this.#burst.answered(askedAt, performance.now());
      if (done !== true) {
        stream.enqueue(typeof value === "string" ? this.#encoder.encode(value) : value);
        return;
      }
    } catch (error) {
      this.#end();
      throw error;
    }
    this.#end();
    stream.close();
  }

  async cancel(): Promise<void> {
    this.#options.onLeave?.();
    try {
      await this.#chunks.return?.();
    } finally {
      this.#end();
    }
  }

  #end(): void {
    if (!this.#hasEnded) this.#options.onEnd?.();
    this.#hasEnded = true;
  }
}
