/**
 * Puts a backup into the place of a server's data. All is copied, checked and migrated beside it
 * first; only then what was there moves aside, and the new takes its place, the database last.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { SECRET_KEY_FILE } from "../auth/secret-key.ts";
import { openDatabase } from "../db/client.ts";
import { lockInstance } from "../db/instance-lock.ts";
import { hasCode } from "../errors.ts";
import { BackupError, inWords } from "./backup-error.ts";
import type { DataPlaces } from "./create.ts";
import { checkRoom, copyDurably, syncFile } from "./files.ts";
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

const STAGING = ".restoring-";
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
  const present = dataOf(places).filter((path) => existsSync(path));
  if (present.length > 0 && !isForced) {
    throw new BackupError(
      `${places.dataDirectory} holds data already (${present.map((path) => basename(path)).join(", ")}). Set DATA_DIR to an empty folder, or use --force, which moves that aside.`,
    );
  }
  await removeStaging(places.dataDirectory);
  const stamp = new Date().toISOString().replaceAll(":", "");
  const staging = join(places.dataDirectory, `${STAGING}${stamp}`);
  try {
    await stage(staging, manifest, task);
    const aside = await moveAside(present, `${ASIDE}${stamp}`);
    await takePlace(staging, places);
    return { manifest, aside };
  } catch (error) {
    throw inWords(error, places.dataDirectory);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
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
}

/** Of an older version: it is brought to this one, as each start does. */
function migrateStaged(path: string): void {
  const { $client: client } = openDatabase(path);
  // All has to be in the one file that is moved, and a log is kept until the last statement is.
  client.run("PRAGMA journal_mode = DELETE");
  client.close();
  if (existsSync(`${path}-wal`)) throw new Error("the write-ahead log of the copy is still there");
}

async function moveAside(paths: readonly string[], name: string): Promise<string[]> {
  const folders = new Set(paths.map((path) => join(dirname(path), name)));
  for (const path of paths) {
    const folder = join(dirname(path), name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(path, join(folder, basename(path)));
  }
  return [...folders];
}

/** A server that starts in between finds no database, and no half of one. */
async function takePlace(staging: string, { database, dataDirectory }: DataPlaces): Promise<void> {
  await moveWhereThere(join(staging, BLOB_FOLDER), join(dataDirectory, BLOB_FOLDER));
  await moveWhereThere(join(staging, SECRET_KEY_FILE), join(dataDirectory, SECRET_KEY_FILE));
  await moveFile(join(staging, DATABASE_FILE), database);
  for (const folder of new Set([resolve(dataDirectory), dirname(database)])) await syncFile(folder);
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

/** Of a run that was killed; hold the instance lock. */
async function removeStaging(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(STAGING)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
