/** Counts who may be with the engine at once; the others wait their turn, first come first served. */
export interface Limiter {
  readonly active: number;
  readonly waiting: number;
  /**
   * Resolves when there is room; dispose the slot to give it back.
   *
   * @throws the signal's reason after an abort.
   */
  acquire(signal: AbortSignal): Promise<Disposable>;
}

export function createLimiter(capacity: number): Limiter {
  const waiters: (() => void)[] = [];
  let active = 0;
  const slot = (): Disposable => {
    let held = true;
    return {
      [Symbol.dispose]() {
        if (!held) return;
        held = false;
        // The slot goes straight to the next in line: nobody can overtake.
        const next = waiters.shift();
        if (next) next();
        else active--;
      },
    };
  };
  return {
    get active() {
      return active;
    },
    get waiting() {
      return waiters.length;
    },
    async acquire(signal) {
      signal.throwIfAborted();
      if (active < capacity) {
        active++;
        return slot();
      }
      const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
      const grant = (): void => {
        signal.removeEventListener("abort", leave);
        resolve(slot());
      };
      const leave = (): void => {
        waiters.splice(waiters.indexOf(grant), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      waiters.push(grant);
      return await promise;
    },
  };
}
