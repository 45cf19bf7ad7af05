/**
 * The server's process: processor, memory, files, how late its event loop is, what runs. Of
 * prom-client's default metrics only those that are true under Bun: its `nodejs_…` metrics would
 * say zero, or speak of a V8 that is not there.
 */
import { Gauge, Histogram, type Registry } from "prom-client";
import collectMemory from "prom-client/lib/metrics/osMemoryHeap.js";
import collectCpu from "prom-client/lib/metrics/processCpuTotal.js";
import collectMaxFiles from "prom-client/lib/metrics/processMaxFileDescriptors.js";
import collectOpenFiles from "prom-client/lib/metrics/processOpenFileDescriptors.js";
import collectStart from "prom-client/lib/metrics/processStartTime.js";
import { version } from "../version.ts";

const LAG_SAMPLE_MS = 500;
const LAG_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** @returns what ends the sampling. */
export function collectProcessMetrics(registry: Registry): Disposable {
  for (const collect of [collectCpu, collectStart, collectMemory, collectOpenFiles]) {
    collect(registry);
  }
  collectMaxFiles(registry);
  replaceHeapMetric(registry);
  const build = new Gauge({
    name: "build_info",
    help: "What runs; always 1.",
    labelNames: ["version", "bun_version"],
    registers: [registry],
  });
  build.set({ version, bun_version: Bun.version }, 1);
  return sampleEventLoop(registry);
}

/** prom-client takes `VmData` for the heap, of which Bun reserves gigabytes and touches little. */
function replaceHeapMetric(registry: Registry): void {
  const name = "process_heap_bytes";
  registry.removeSingleMetric(name);
  const heap = new Gauge({
    name,
    help: "JavaScript heap of the server's process in bytes.",
    registers: [],
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  registry.registerMetric(heap);
}

function sampleEventLoop(registry: Registry): Disposable {
  const lag = new Histogram({
    name: "event_loop_lag_seconds",
    help: `How late a timer of the server's event loop came, sampled every ${LAG_SAMPLE_MS} ms.`,
    buckets: LAG_BUCKETS,
    registers: [registry],
  });
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    lag.observe(Math.max(0, now - last - LAG_SAMPLE_MS) / 1000);
    last = now;
  }, LAG_SAMPLE_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
