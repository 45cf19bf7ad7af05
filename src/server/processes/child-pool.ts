/**
 * A pool of child processes for work that may hang, eat memory or crash: rendering hostile files,
 * native inference. Each child does one task at a time and can be killed; the pool replaces it. The
 * children get no environment variables of the server, so no secret can leak through them.
 */
import { AppError } from "../errors.ts";
import type { ChildPoolMetrics } from "../metrics/child-pools.ts";
import { Child, type ChildOptions, type TaskOptions } from "./child.ts";
import { residentMb } from "./memory.ts";

const MIB = 1024 * 1024;

export interface ChildPoolOptions extends ChildOptions {
  size: number;
  metrics?: ChildPoolMetrics | undefined;
}

interface Waiter<Task, Progress, Result> {
  affinity: string | undefined;
  resolve: (child: Child<Task, Progress, Result>) => void;
}

export class ChildPool<Task, Progress, Result> implements AsyncDisposable {
  readonly #options: ChildPoolOptions;
  readonly #children = new Set<Child<Task, Progress, Result>>();
  readonly #waiters: Waiter<Task, Progress, Result>[] = [];
  #closed = false;
  /** How many children were replaced before their time. */
  lost = 0;

  constructor(options: ChildPoolOptions) {
    this.#options = options;
    options.metrics?.watch(options.name, this);
  }

  /** Starts all children now, and resolves when each is ready or has failed to start. */
  async warm(): Promise<void> {
    while (this.#children.size < this.#options.size) this.#spawn();
    await Promise.all([...this.#children].map(async (child) => await child.ready.catch(() => {})));
  }

  /** Process ids of the living children. */
  get pids(): number[] {
    return [...this.#children].map((child) => child.pid);
  }

  /** Resident bytes of the living children. */
  get memoryBytes(): number {
    return this.pids.reduce((sum, pid) => sum + (residentMb(pid) ?? 0) * MIB, 0);
  }

  /**
   * Runs one task on the next free child, first come first served.
   *
   * @throws AppError that the child threw; ChildLostError when the child died, hung or grew; the
   *   signal's reason after an abort (the child is then told, and killed if it goes on).
   */
  async run(task: Task, options: TaskOptions<Progress>): Promise<Result> {
    const child = await this.#acquire(options.affinity, options.signal);
    child.affinity = options.affinity;
    try {
      return await child.run(task, options);
    } finally {
      // After an abort the child may still be busy: it is free when it has answered or is dead.
      void child.idle().then(() => this.#release(child));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const children = [...this.#children];
    for (const child of children) child.kill("crashed");
    await Promise.all(children.map(async (child) => await child.exited));
  }

  #spawn(): Child<Task, Progress, Result> {
    const child = new Child<Task, Progress, Result>(this.#options, (lost) => {
      this.#children.delete(child);
      if (!this.#closed) this.#options.metrics?.replaced(this.#options.name, lost ?? "recycled");
      if (lost && !this.#closed) {
        this.lost++;
        this.#options.logger.warn({ pool: this.#options.name, reason: lost }, "child lost");
      }
      // Somebody may be waiting for just this one.
      if (!this.#closed) this.#handOut();
    });
    this.#children.add(child);
    return child;
  }

  async #acquire(
    affinity: string | undefined,
    signal: AbortSignal,
  ): Promise<Child<Task, Progress, Result>> {
    signal.throwIfAborted();
    if (this.#closed) throw new AppError("shutting_down", "The server is shutting down.");
    return await new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const index = this.#waiters.indexOf(waiter);
        if (index !== -1) this.#waiters.splice(index, 1);
        reject(signal.reason);
      };
      const waiter = {
        affinity,
        resolve: (child: Child<Task, Progress, Result>) => {
          signal.removeEventListener("abort", onAbort);
          resolve(child);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiters.push(waiter);
      this.#handOut();
    });
  }

  #handOut(): void {
    for (;;) {
      const waiter = this.#waiters[0];
      if (!waiter) return;
      const free = [...this.#children].filter((child) => !child.taken);
      let child = free.find((one) => one.affinity === waiter.affinity) ?? free[0];
      if (!child && this.#children.size < this.#options.size) child = this.#spawn();
      if (!child) return;
      child.taken = true;
      this.#waiters.shift();
      waiter.resolve(child);
    }
  }

  #release(child: Child<Task, Progress, Result>): void {
    if (child.worn) {
      this.#children.delete(child);
      child.retire();
    } else {
      child.taken = false;
    }
    this.#handOut();
  }
}
