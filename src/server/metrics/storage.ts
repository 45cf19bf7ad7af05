/** Where documents and the database lie: how much room there is, and what the database takes. */
import { type StatsFs, statSync, statfsSync } from "node:fs";
import { Gauge, type Registry } from "prom-client";

export interface StoragePaths {
  /** `DATA_DIR`. */
  directory: string;
  /** The SQLite file, or `:memory:`. */
  database: string;
}

/** The gauges are read at each scrape; what cannot be read is NaN. */
export function watchStorage(registry: Registry, { directory, database }: StoragePaths): void {
  gauge(registry, {
    name: "my_ocr_data_free_bytes",
    help: "Bytes that are free for the server in the file system of DATA_DIR.",
    read: () => bytesOf(directory, ({ bavail }) => bavail),
  });
  gauge(registry, {
    name: "my_ocr_data_size_bytes",
    help: "Size in bytes of the file system of DATA_DIR.",
    read: () => bytesOf(directory, ({ blocks }) => blocks),
  });
  gauge(registry, {
    name: "my_ocr_database_bytes",
    help: "Bytes of the database's file and its write-ahead log.",
    read: () => sizeOf(database) + (sizeOf(`${database}-wal`) || 0),
  });
}

interface GaugeOptions {
  name: string;
  help: string;
  read: () => number;
}

function gauge(registry: Registry, { name, help, read }: GaugeOptions): void {
  const metric = new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
  registry.registerMetric(metric);
}

/** @param blocks of the file system that are meant. */
function bytesOf(directory: string, blocks: (stats: StatsFs) => number): number {
  try {
    const stats = statfsSync(directory);
    return blocks(stats) * stats.bsize;
  } catch {
    return Number.NaN;
  }
}

/** NaN where there is no such file, as of a database in memory. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? Number.NaN;
}
