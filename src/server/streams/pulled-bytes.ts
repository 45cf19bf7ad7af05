/**
 * Chunks as a body that is pulled: the next one is made when the reader has taken the last. Leaving
 * it ends the source; an error of the source cuts the body, so that nobody takes it for whole.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

export function pulledBytes(
  chunks: AsyncIterable<string | Uint8Array>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        // Chunks that are all ready must not keep other work from its turn.
        await nextTurn();
        const { done, value } = await iterator.next();
        if (done) stream.close();
        else stream.enqueue(typeof value === "string" ? encoder.encode(value) : value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
