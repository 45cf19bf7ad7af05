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
  let timer: Timer | undefined;
  let ended = false;
  try {
    for (;;) {
      const next = iterator.next();
      for (;;) {
        const silence = Promise.withResolvers<undefined>();
        timer = setTimeout(silence.resolve, intervalMs);
        const result = await Promise.race([next, silence.promise]);
        clearTimeout(timer);
        if (result) {
          if (result.done) {
            ended = true;
            return;
          }
          yield result.value;
          break;
        }
        yield beat();
      }
    }
  } finally {
    clearTimeout(timer);
    if (!ended) await iterator.return?.();
  }
}
