/** Pools of child processes: how many live, what they take, why they were replaced. */
import { Counter, type Registry } from "prom-client";
import { sourceGauge } from "./source-gauge.ts";

/** A pool as it is at a scrape. */
export interface PoolSource {
  readonly pids: readonly number[];
  /** Resident bytes of all children. */
  readonly memoryBytes: number;
}

/** `recycled`: after its share of tasks, in good order. */
const REASONS = ["crashed", "timeout", "memory", "recycled"] as const;
type Reason = (typeof REASONS)[number];

export class ChildPoolMetrics {
  readonly #pools = new Map<string, PoolSource>();
  readonly #replaced: Counter<"pool" | "reason">;

  constructor(registry: Registry) {
    sourceGauge(
      registry,
      { name: "child_processes", help: "Living child processes.", label: "pool" },
      this.#pools,
      ({ pids }) => pids.length,
    );
    sourceGauge(
      registry,
      {
        name: "child_process_memory_bytes",
        help: "Resident memory of a pool's child processes in bytes; 0 where the system does not tell.",
        label: "pool",
      },
      this.#pools,
      ({ memoryBytes }) => memoryBytes,
    );
    this.#replaced = new Counter({
      name: "child_process_restarts_total",
      help: "Child processes that were replaced: crashed, timeout, memory, or recycled in good order.",
      labelNames: ["pool", "reason"],
      registers: [registry],
    });
  }

  watch(pool: string, source: PoolSource): void {
    this.#pools.set(pool, source);
    // So that a rate exists before the first one.
    for (const reason of REASONS) this.#replaced.inc({ pool, reason }, 0);
  }

  replaced(pool: string, reason: Reason): void {
    this.#replaced.inc({ pool, reason });
  }
}
