/**
 * Who may be with an engine at once. The others wait, and are let in fairly: users take turns, and of
 * one user's pages the earliest goes first, so that a document of 500 pages never starves somebody
 * else's one.
 */
export interface Claim {
  userId: number;
  /** Place in the user's own queue: lower goes first, equals in the order in which they came. */
  rank: number;
}

export interface Limiter {
  readonly active: number;
  readonly waiting: number;
  /**
   * Resolves when there is room; dispose the slot to give it back.
   *
   * @throws the signal's reason after an abort.
   */
  acquire(signal: AbortSignal, claim: Claim): Promise<Disposable>;
}

interface Waiter {
  rank: number;
  grant: () => void;
}

/**
 * @param capacity slots. Beside them there is one for whoever has none: a page of a new user need
 *   not wait until one of somebody else's long pages ends.
 */
export function createLimiter(capacity: number): Limiter {
  return new FairLimiter(capacity);
}

class FairLimiter implements Limiter {
  readonly #capacity: number;
  /** Waiting pages by user; whoever was let in last stands last. */
  readonly #queues = new Map<number, Waiter[]>();
  readonly #held = new Map<number, number>();
  #active = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    let waiting = 0;
    for (const queue of this.#queues.values()) waiting += queue.length;
    return waiting;
  }

  async acquire(signal: AbortSignal, { userId, rank }: Claim): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#mayEnter(userId)) return this.#enter(userId);
    const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
    const leave = (): void => {
      this.#remove(userId, waiter);
      reject(signal.reason);
    };
    const waiter: Waiter = {
      rank,
      grant: () => {
        signal.removeEventListener("abort", leave);
        resolve(this.#enter(userId));
      },
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#enqueue(userId, waiter);
    return await promise;
  }

  #mayEnter(userId: number): boolean {
    if (this.#active < this.#capacity) return true;
    return this.#active === this.#capacity && !this.#held.has(userId);
  }

  #enter(userId: number): Disposable {
    this.#active++;
    this.#held.set(userId, (this.#held.get(userId) ?? 0) + 1);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.#leave(userId);
        isHeld = false;
      },
    };
  }

  #leave(userId: number): void {
    this.#active--;
    const left = (this.#held.get(userId) ?? 0) - 1;
    if (left > 0) this.#held.set(userId, left);
    else this.#held.delete(userId);
    const next = this.#nextUser();
    if (next === undefined) return;
    const queue = this.#queues.get(next) ?? [];
    const waiter = queue.shift();
    this.#queues.delete(next);
    if (queue.length > 0) this.#queues.set(next, queue);
    waiter?.grant();
  }

  /** Of those who wait and may enter, who holds least; of equals, who has waited longest for a turn. */
  #nextUser(): number | undefined {
    let next: number | undefined;
    let least = Infinity;
    for (const userId of this.#queues.keys()) {
      const held = this.#held.get(userId) ?? 0;
      if (held >= least || !this.#mayEnter(userId)) continue;
      least = held;
      next = userId;
    }
    return next;
  }

  #enqueue(userId: number, waiter: Waiter): void {
    const queue = this.#queues.get(userId) ?? [];
    const after = queue.findLastIndex((other) => other.rank <= waiter.rank);
    queue.splice(after + 1, 0, waiter);
    this.#queues.set(userId, queue);
  }

  #remove(userId: number, waiter: Waiter): void {
    const queue = this.#queues.get(userId)?.filter((other) => other !== waiter) ?? [];
    if (queue.length > 0) this.#queues.set(userId, queue);
    else this.#queues.delete(userId);
  }
}
