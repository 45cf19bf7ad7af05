/** When the server's own backups are made, by a clock that the test sets. */
import { afterEach, beforeEach, expect, setSystemTime, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type KeptData, keptData } from "../../../tests/fixtures/kept-data.ts";
import { parseScrape } from "../../../tests/fixtures/scrape.ts";
import { temporaryFolder } from "../../../tests/fixtures/temporary-folder.ts";
import { createLogger } from "../logger.ts";
import { type Metrics, createMetrics } from "../metrics/registry.ts";
import { listBackups } from "./folder.ts";
import { BackupSchedule } from "./schedule.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NEVER_MS = 2 ** 31 - 1;

let folder: ReturnType<typeof temporaryFolder>;
let kept: KeptData;
let metrics: Metrics;
let backups: string;
let startedAt: number;

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder.path, "data"));
  kept = keptData(join(folder.path, "data"));
  backups = join(folder.path, "backups");
  metrics = createMetrics();
  startedAt = Date.now();
  setSystemTime(startedAt);
});
afterEach(() => {
  setSystemTime();
  metrics[Symbol.dispose]();
  kept[Symbol.dispose]();
  folder[Symbol.dispose]();
});

function schedule(everyMs: number): BackupSchedule {
  const task = { places: kept.places, folder: backups };
  const logger = createLogger("silent");
  return new BackupSchedule({ task, everyMs, lookMs: NEVER_MS, metrics: metrics.backups, logger });
}

/** What there is once the schedule has looked at the clock so long after its start. */
async function after(
  ms: number,
  schedule: BackupSchedule,
): Promise<{ failures: number; made: number }> {
  setSystemTime(startedAt + ms);
  await schedule.look();
  const scrape = parseScrape((await metrics.render()).text);
  const made = await listBackups(backups).catch(() => []);
  return { failures: scrape.get("my_ocr_backup_failures_total") ?? -1, made: made.length };
}

/** A file stands where the folder should be, so that no backup can be made. */
function breakFolder(): void {
  rmSync(backups, { recursive: true, force: true });
  writeFileSync(backups, "");
}

test("a backup that failed is tried again each hour until one is made, then none before its time", async () => {
  breakFolder();
  await using daily = schedule(24 * HOUR_MS);
  expect(await after(0, daily)).toEqual({ failures: 1, made: 0 });
  expect(await after(59 * MINUTE_MS, daily)).toEqual({ failures: 1, made: 0 });
  expect(await after(60 * MINUTE_MS, daily)).toEqual({ failures: 2, made: 0 });
  rmSync(backups);
  expect(await after(119 * MINUTE_MS, daily)).toEqual({ failures: 2, made: 0 });
  expect(await after(120 * MINUTE_MS, daily)).toEqual({ failures: 2, made: 1 });
  expect(await after(23 * HOUR_MS, daily)).toEqual({ failures: 2, made: 1 });
  expect(await after(25 * HOUR_MS, daily)).toEqual({ failures: 2, made: 2 });
});

test("a backup that failed is tried again no later than the next one would come", async () => {
  rmSync(kept.places.database);
  await using often = schedule(10 * MINUTE_MS);
  expect(await after(0, often)).toEqual({ failures: 1, made: 0 });
  expect(await after(9 * MINUTE_MS, often)).toEqual({ failures: 1, made: 0 });
  expect(await after(10 * MINUTE_MS, often)).toEqual({ failures: 2, made: 0 });
});
