/**
 * All metrics of one server, in a registry of its own. Labels are bounded: templates, codes and
 * names of the project, never what a caller wrote. docs/metrics.md lists them.
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { BackupMetrics } from "./backups.ts";
import { ChildPoolMetrics } from "./child-pools.ts";
import { EngineHealthMetrics } from "./engine-health.ts";
import { EngineQueueMetrics } from "./engine-queues.ts";
import { HttpRequestMetrics } from "./http-requests.ts";
import { collectProcessMetrics } from "./process.ts";
import { RecognitionMetrics } from "./recognition.ts";
import { type StoragePaths, watchStorage } from "./storage.ts";

/** Runs a piece of database work, and counts its time under a name of the project's own. */
export type TimeDatabase = <T>(operation: string, work: () => T) => T;

/** Disposing it ends the sampling. */
export interface Metrics extends Disposable {
  readonly http: HttpRequestMetrics;
  readonly recognition: RecognitionMetrics;
  readonly backups: BackupMetrics;
  readonly childPools: ChildPoolMetrics;
  readonly engineQueues: EngineQueueMetrics;
  readonly engineHealth: EngineHealthMetrics;
  /** `task`: `open` (with the picture of a single-frame image) or `page`. */
  readonly rasterSeconds: Histogram<"task">;
  readonly timeDatabase: TimeDatabase;
  /** `code`: of the error. */
  readonly uploadsRefused: Counter<"code">;
  /** `reason`: the code of the error. */
  readonly loginsRefused: Counter<"reason">;
  /**
   * @param procedure of the typed API, as its router names it.
   * @returns what is called with the result: `ok`, or the code of the error.
   */
  startCall(procedure: string): (result: string) => void;
  /** @param count of all accounts, asked for at each scrape. */
  watchUsers(count: () => number): void;
  /** @param paths are looked at at each scrape. */
  watchStorage(paths: StoragePaths): void;
  /** In Prometheus' text format. */
  render(): Promise<{ text: string; contentType: string }>;
}

const RASTER_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
const DATABASE_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const sampling = collectProcessMetrics(registry);
  return {
    http: new HttpRequestMetrics(registry),
    recognition: new RecognitionMetrics(registry),
    backups: new BackupMetrics(registry),
    childPools: new ChildPoolMetrics(registry),
    engineQueues: new EngineQueueMetrics(registry),
    engineHealth: new EngineHealthMetrics(registry),
    rasterSeconds: rasterSeconds([registry]),
    timeDatabase: databaseTimer([registry]),
    ...refusals([registry]),
    startCall: callMetrics([registry]),
    watchUsers: (count) => watchUsers(registry, count),
    watchStorage: (paths) => watchStorage(registry, paths),
    async render() {
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
    [Symbol.dispose]: () => sampling[Symbol.dispose](),
  };
}

function rasterSeconds(registers: Registry[]): Histogram<"task"> {
  return new Histogram({
    name: "raster_seconds",
    help: "Seconds to open a file (with the picture of a single-frame image) or to draw a page, the wait for a process included.",
    labelNames: ["task"],
    buckets: RASTER_BUCKETS,
    registers,
  });
}

function databaseTimer(registers: Registry[]): TimeDatabase {
  const seconds = new Histogram({
    name: "database_seconds",
    help: "Seconds of a piece of work in the database, during which nothing else runs.",
    labelNames: ["operation"],
    buckets: DATABASE_BUCKETS,
    registers,
  });
  return (operation, work) => {
    const observeSeconds = seconds.startTimer({ operation });
    try {
      return work();
    } finally {
      observeSeconds();
    }
  };
}

function callMetrics(registers: Registry[]): Metrics["startCall"] {
  const calls = new Counter({
    name: "rpc_calls_total",
    help: "Calls of the typed API, by procedure and result: ok, or the code of the error.",
    labelNames: ["procedure", "result"],
    registers,
  });
  const seconds = new Histogram({
    name: "rpc_call_seconds",
    help: "Seconds that calls of the typed API took; of subscriptions, until they began.",
    labelNames: ["procedure"],
    registers,
  });
  return (procedure) => {
    const observeSeconds = seconds.startTimer({ procedure });
    return (result) => {
      observeSeconds();
      calls.inc({ procedure, result });
    };
  };
}

function refusals(registers: Registry[]) {
  return {
    uploadsRefused: new Counter({
      name: "uploads_refused_total",
      help: "Uploads that were refused before anything of them was read, by the code of the error.",
      labelNames: ["code"],
      registers,
    }),
    loginsRefused: new Counter({
      name: "logins_refused_total",
      help: "Log-ins that were refused, by the code of the error.",
      labelNames: ["reason"],
      registers,
    }),
  };
}

function watchUsers(registry: Registry, countUsers: () => number): void {
  const gauge = new Gauge({
    name: "users_total",
    help: "Accounts, the anonymous one included; NaN where they cannot be counted.",
    registers: [],
    collect() {
      this.set(valueOf(countUsers));
    },
  });
  registry.registerMetric(gauge);
}

/** One value that cannot be read must not take all others with it. */
function valueOf(read: () => number): number {
  try {
    return read();
  } catch {
    return Number.NaN;
  }
}
