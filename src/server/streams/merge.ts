/**
 * Runs up to `concurrency` sources at once, started in order, and yields their items as they come.
 * Each source is pulled again only when its last item was taken. An error of one ends all; leaving
 * the loop ends every source that runs and waits until it has cleaned up.
 */
export async function* mergeConcurrent<T>(
  starts: readonly (() => AsyncIterable<T>)[],
  concurrency: number,
): AsyncGenerator<T, void, undefined> {
  const running = new Set<AsyncIterator<T>>();
  const ready: { iterator: AsyncIterator<T>; result: IteratorResult<T> }[] = [];
  let failure: { reason: unknown } | undefined;
  let wake: (() => void) | undefined;
  let next = 0;
  const notify = (): void => {
    wake?.();
    wake = undefined;
  };
  const pull = (iterator: AsyncIterator<T>): void => {
    iterator.next().then(
      (result) => {
        ready.push({ iterator, result });
        notify();
      },
      (reason: unknown) => {
        running.delete(iterator);
        failure ??= { reason };
        notify();
      },
    );
  };
  const startNext = (): void => {
    const start = starts[next++];
    if (!start) return;
    const iterator = start()[Symbol.asyncIterator]();
    running.add(iterator);
    pull(iterator);
  };
  try {
    while (running.size < concurrency && next < starts.length) startNext();
    while (running.size > 0 || failure) {
      if (failure) throw failure.reason;
      const item = ready.shift();
      if (!item) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (item.result.done) {
        running.delete(item.iterator);
        startNext();
        continue;
      }
      yield item.result.value;
      pull(item.iterator);
    }
  } finally {
    await Promise.all([...running].map(async (iterator) => await iterator.return?.()));
  }
}
