/** Gauges that are read at each scrape, from parts of the server that come and go. */
import { Gauge, type Registry } from "prom-client";

/**
 * @param sources by the value of the label, as they are at a scrape.
 */
export function sourceGauge<Source>(
  registry: Registry,
  { name, help, label }: { name: string; help: string; label: string },
  sources: ReadonlyMap<string, Source>,
  read: (source: Source) => number,
): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [],
    collect() {
      for (const [key, source] of sources) this.set({ [label]: key }, read(source));
    },
  });
  registry.registerMetric(gauge);
}
