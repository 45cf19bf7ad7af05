/**
 * Puts a backup into the place of a server's data. All is copied, checked and migrated beside it
 * first; only then what was there moves aside, the database first, and the new takes its place, the
 * database last. Killed in between it is run again; until then `half-restored.ts` tells servers.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SECRET_KEY_FILE } from "../auth/secret-key.ts";
import { openDatabase } from "../db/client.ts";
import { lockInstance } from "../db/instance-lock.ts";
import { syncFile } from "../documents/sync.ts";
import { hasCode } from "../errors.ts";
import { BackupError, inWords } from "./backup-error.ts";
import type { DataPlaces } from "./create.ts";
import { checkRoom, copyDurably } from "./files.ts";
import { clearStaging, halfRestored, stagingPath } from "./half-restored.ts";
import {
  BLOB_FOLDER,
  DATABASE_FILE,
  MANIFEST_FILES,
  type Manifest,
  readManifest,
  sizeOf,
} from "./manifest.ts";
import type { OnProgress } from "./progress.ts";
import { verifyBackup, verifySize } from "./verify.ts";

const ASIDE = "replaced-";

export interface RestoreTask {
  places: DataPlaces;
  /** The folder of the backup. */
  backup: string;
  /** Whether data that is there may be moved aside. */
  isForced: boolean;
  signal: AbortSignal;
  onProgress: OnProgress;
}

export interface RestoreReport {
  manifest: Manifest;
  /** Folders in which what was there lies now. */
  aside: string[];
}

/** @throws BackupError, InstanceLockedError, DatabaseTooNewError, the reason of the signal. */
export async function restoreBackup(task: RestoreTask): Promise<RestoreReport> {
  const { places, backup, isForced } = task;
  if (places.database === ":memory:") {
    throw new BackupError("DATABASE_URL is in memory, where nothing can be restored. Set a file.");
  }
  const manifest = await readManifest(backup);
  await mkdir(places.dataDirectory, { recursive: true, mode: 0o700 });
  using _lock = lockInstance(places.database, 0);
  const interrupted = halfRestored(places);
  const present = dataOf(places).filter((path) => existsSync(path));
  // Behind an interrupted restore it is what that one was told to move aside, or has put there.
  if (present.length > 0 && !isForced && interrupted === undefined) {
    throw new BackupError(
      `${places.dataDirectory} holds data already (${present.map((path) => basename(path)).join(", ")}). Set DATA_DIR to an empty folder, or use --force, which moves that aside.`,
    );
  }
  const stamp = new Date().toISOString().replaceAll(":", "");
  await clearStaging(places);
  const staging = await staged(stamp, manifest, task);
  // From here on what is staged stays, whatever happens, until all of it is in its place.
  const aside = await moveAside(present, [interrupted ?? stamp, stamp]);
  await takePlace(staging, places);
  await clearStaging(places);
  return { manifest, aside };
}

/** What a server has there, the database first. The lock and the spool are no data. */
function dataOf({ database, dataDirectory }: DataPlaces): string[] {
  return [
    database,
    `${database}-wal`,
    `${database}-shm`,
    join(dataDirectory, SECRET_KEY_FILE),
    join(dataDirectory, BLOB_FOLDER),
  ];
}

/** @returns a folder with all of it, on disk; of one that could not be filled nothing is left. */
async function staged(stamp: string, manifest: Manifest, task: RestoreTask): Promise<string> {
  const { dataDirectory } = task.places;
  const staging = stagingPath(dataDirectory, stamp);
  try {
    await stage(staging, manifest, task);
    return staging;
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw inWords(error, dataDirectory);
  }
}

/** What is used is what was checked: the copy, which nobody else writes to. */
async function stage(
  staging: string,
  manifest: Manifest,
  { backup, signal, onProgress }: RestoreTask,
): Promise<void> {
  for (const file of manifest.files) await verifySize(backup, file);
  await mkdir(staging, { mode: 0o700 });
  await checkRoom(staging, sizeOf(manifest));
  const paths = [...MANIFEST_FILES, ...manifest.files.map(({ path }) => path)];
  for (const [done, path] of paths.entries()) {
    signal.throwIfAborted();
    onProgress({ stage: "files", done, all: paths.length });
    await copyDurably(join(backup, path), join(staging, path));
  }
  await verifyBackup(staging, onProgress, signal);
  onProgress({ stage: "database", done: 0, all: 1 });
  migrateStaged(join(staging, DATABASE_FILE));
  const folders = new Set(paths.map((path) => dirname(path)));
  if (existsSync(join(staging, BLOB_FOLDER))) folders.add(BLOB_FOLDER);
  for (const folder of folders) await syncFile(join(staging, folder));
  await syncFile(dirname(staging));
}

/** Of an older version: it is brought to this one, as each start does. */
function migrateStaged(path: string): void {
  const { $client: client } = openDatabase(path);
  // All has to be in the one file that is moved, and a log is kept until the last statement is.
  client.run("PRAGMA journal_mode = DELETE");
  client.close();
  if (existsSync(`${path}-wal`)) throw new Error("the write-ahead log of the copy is still there");
}

/**
 * @param stamps of folders, the first for all but what an interrupted restore has there already.
 * @returns the folders.
 */
async function moveAside(paths: readonly string[], stamps: readonly string[]): Promise<string[]> {
  const folders = new Set<string>();
  for (const path of paths) {
    const choices = stamps.map((stamp) => join(dirname(path), `${ASIDE}${stamp}`));
    const folder = choices.find((one) => !existsSync(join(one, basename(path))));
    if (folder === undefined) throw new Error(`${path} has been moved aside already`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(path, join(folder, basename(path)));
    folders.add(folder);
  }
  for (const folder of folders) {
    await syncFile(folder);
    await syncFile(dirname(folder));
  }
  return [...folders];
}

/** A server that starts in between finds no database, and no half of one. */
async function takePlace(staging: string, { database, dataDirectory }: DataPlaces): Promise<void> {
  await moveWhereThere(join(staging, BLOB_FOLDER), join(dataDirectory, BLOB_FOLDER));
  await moveWhereThere(join(staging, SECRET_KEY_FILE), join(dataDirectory, SECRET_KEY_FILE));
  await syncFile(dataDirectory);
  await moveFile(join(staging, DATABASE_FILE), database);
  await syncFile(dirname(database));
}

async function moveWhereThere(from: string, to: string): Promise<void> {
  if (existsSync(from)) await rename(from, to);
}

/** `DATABASE_URL` may name another disk. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, "EXDEV")) throw error;
    const part = `${to}.part`;
    await rm(part, { force: true });
    await checkRoom(dirname(to), (await stat(from)).size);
    await copyDurably(from, part);
    await rename(part, to);
  }
}
