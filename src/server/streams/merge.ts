/**
 * Runs up to `concurrency` sources at once, started in order, and yields their items as they come.
 * Each source is pulled again only when its last item was taken. An error of one ends all, after
 * the items that were there before it; leaving the loop ends every source that runs and waits until
 * it has cleaned up.
 */
export async function* mergeConcurrent<T>(
  starts: readonly (() => AsyncIterable<T>)[],
  concurrency: number,
): AsyncGenerator<T, void, undefined> {
  const running = new Set<AsyncIterator<T>>();
  const ready: Pulled<T>[] = [];
  let wake: (() => void) | undefined;
  let next = 0;
  const pull = async (iterator: AsyncIterator<T>): Promise<void> => {
    try {
      ready.push({ iterator, result: await iterator.next() });
    } catch (reason) {
      ready.push({ iterator, failure: { reason } });
    }
    wake?.();
    wake = undefined;
  };
  const startNext = (): void => {
    const start = starts[next++];
    if (!start) return;
    const iterator = start()[Symbol.asyncIterator]();
    running.add(iterator);
    void pull(iterator);
  };
  try {
    while (running.size < concurrency && next < starts.length) startNext();
    while (running.size > 0) {
      const item = ready.shift();
      if (!item) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (item.failure) {
        running.delete(item.iterator);
        throw item.failure.reason;
      } else if (item.result.done) {
        running.delete(item.iterator);
        startNext();
      } else {
        yield item.result.value;
        void pull(item.iterator);
      }
    }
  } finally {
    await Promise.all([...running].map(async (iterator) => await iterator.return?.()));
  }
}

/** What a source answered when it was asked for its next item. */
type Pulled<T> =
  | { iterator: AsyncIterator<T>; result: IteratorResult<T>; failure?: undefined }
  | { iterator: AsyncIterator<T>; failure: { reason: unknown } };
