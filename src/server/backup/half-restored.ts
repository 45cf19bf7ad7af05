/**
 * Whether a restore was killed before all of it was in its place. What it copies lies beside the data
 * until then, and the database is what leaves first and comes last: so data without a database, beside
 * such a copy, is half of a backup, or what is left of what was there before.
 */
import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { BackupError } from "./backup-error.ts";
import type { DataPlaces } from "./create.ts";

const STAGING = ".restoring-";

/** Where a restore copies to. @param stamp tells it from others. */
export function stagingPath(dataDirectory: string, stamp: string): string {
  return join(dataDirectory, `${STAGING}${stamp}`);
}

/**
 * Hold the instance lock.
 *
 * @returns the stamp of the first restore that was killed; undefined where the data is whole, or
 *   there is none.
 */
export function halfRestored({ database, dataDirectory }: DataPlaces): string | undefined {
  if (existsSync(database)) return undefined;
  return stagingNames(dataDirectory)[0]?.slice(STAGING.length);
}

/**
 * Call it before a database is made where there is none. Hold the instance lock.
 *
 * @throws BackupError where a restore was killed.
 */
export function refuseHalfRestored(places: DataPlaces): void {
  if (places.database === ":memory:") return;
  const stamp = halfRestored(places);
  if (stamp === undefined) return;
  throw new BackupError(
    `A restore into ${places.dataDirectory} was interrupted. Run my-ocr restore again. To go on without it, remove ${stagingPath(places.dataDirectory, stamp)}, and see whether a folder replaced-… holds what was there before.`,
  );
}

/**
 * Makes room behind restores that were killed. Where the data is not whole, their folders stay, empty:
 * they say so. Hold the instance lock.
 */
export async function clearStaging(places: DataPlaces): Promise<void> {
  const isHalf = halfRestored(places) !== undefined;
  for (const name of stagingNames(places.dataDirectory)) {
    const folder = join(places.dataDirectory, name);
    const paths = isHalf ? readdirSync(folder).map((path) => join(folder, path)) : [folder];
    for (const path of paths) await rm(path, { recursive: true, force: true });
  }
}

/** The oldest first. */
function stagingNames(dataDirectory: string): string[] {
  if (!existsSync(dataDirectory)) return [];
  return readdirSync(dataDirectory)
    .filter((name) => name.startsWith(STAGING))
    .toSorted();
}
