/** The queues before the engines: who is in, who waits. */
import type { Registry } from "prom-client";
import { sourceGauge } from "./source-gauge.ts";

/** An engine's limiter as it is at a scrape. */
export interface QueueSource {
  readonly active: number;
  readonly waiting: number;
}

export class EngineQueueMetrics {
  readonly #queues = new Map<string, QueueSource>();

  constructor(registry: Registry) {
    sourceGauge(
      registry,
      {
        name: "pages_in_progress",
        help: "Pages that are drawn or read right now, by their engine.",
        label: "engine",
      },
      this.#queues,
      ({ active }) => active,
    );
    sourceGauge(
      registry,
      {
        name: "limiter_queue_depth",
        help: "Pages that wait for their turn with the engine.",
        label: "engine",
      },
      this.#queues,
      ({ waiting }) => waiting,
    );
  }

  watch(engine: string, queue: QueueSource): void {
    this.#queues.set(engine, queue);
  }
}
