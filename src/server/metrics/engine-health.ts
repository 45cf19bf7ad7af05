/** Whether the engines answer. A scrape never waits for one: it tells what the scrape before asked. */
import type { Registry } from "prom-client";
import { sourceGauge } from "./source-gauge.ts";

export class EngineHealthMetrics {
  readonly #probes = new Map<string, Probe>();

  constructor(registry: Registry) {
    sourceGauge(
      registry,
      {
        name: "my_ocr_engine_up",
        help: "Whether the engine answered when the scrape before asked for its health: 1, or 0. NaN while it has not been asked.",
        label: "engine",
      },
      this.#probes,
      (probe) => probe.read(),
    );
  }

  /**
   * @param ask resolves to whether the engine is well, in bounded time; an error counts as no. Asked
   *   at each scrape, so it has to remember its answer for a while.
   */
  watch(engine: string, ask: () => Promise<boolean>): void {
    this.#probes.set(engine, new Probe(ask));
  }
}

class Probe {
  readonly #ask: () => Promise<boolean>;
  #known = Number.NaN;
  #asking = false;

  constructor(ask: () => Promise<boolean>) {
    this.#ask = ask;
  }

  read(): number {
    if (!this.#asking) void this.#refresh();
    return this.#known;
  }

  async #refresh(): Promise<void> {
    this.#asking = true;
    const isUp = await this.#ask().catch(() => false);
    this.#known = isUp ? 1 : 0;
    this.#asking = false;
  }
}
