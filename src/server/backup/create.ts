/**
 * Makes a backup of a server that may run and be written to. Blocks its process while the database
 * is copied, so it runs in one of its own: see `run.ts`.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { SECRET_KEY_FILE } from "../auth/secret-key.ts";
import { hashOf } from "../documents/blob-store.ts";
import { syncFile } from "../documents/sync.ts";
import { readCommit, version } from "../version.ts";
import { hasCode } from "../errors.ts";
import { inWords } from "./backup-error.ts";
import { copyBlobs } from "./blobs.ts";
import { checkRoom, copyDurably } from "./files.ts";
import {
  backupName,
  listBackups,
  lockFolder,
  prune,
  removeUnfinished,
  unfinishedPath,
} from "./folder.ts";
import { BLOB_FOLDER, DATABASE_FILE, type ListedFile, sizeOf, writeManifest } from "./manifest.ts";
import type { OnProgress } from "./progress.ts";
import { checkSnapshot, openLive, takeSnapshot } from "./snapshot.ts";
import { verifyBackup } from "./verify.ts";

/** Where a server keeps its data; absolute paths. */
export interface DataPlaces {
  /** The SQLite file, or `:memory:`. */
  database: string;
  dataDirectory: string;
}

export interface BackupTask {
  places: DataPlaces;
  /** Of all backups; made where it does not exist. */
  folder: string;
  /** How many stay afterwards; all where left out. */
  keep?: number;
}

export interface BackupReport {
  path: string;
  /** Of all its files, those that it shares with the backup before included. */
  bytes: number;
  documents: number;
  /** Files of documents that the server itself has lost or damaged. */
  lost: number;
}

/** @throws BackupError, DatabaseTooNewError, and what the file system says. */
export async function createBackup(
  { places, folder, keep }: BackupTask,
  onProgress: OnProgress,
): Promise<BackupReport> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  using _lock = lockFolder(folder);
  await removeUnfinished(folder);
  const name = freeName(folder);
  const [path, unfinished] = [join(folder, name), unfinishedPath(folder, name)];
  try {
    await mkdir(unfinished, { mode: 0o700 });
    const previous = (await listBackups(folder))[0];
    const lost = await fill(unfinished, {
      places,
      previous: previous === undefined ? undefined : join(folder, previous),
      onProgress,
    });
    const manifest = await verifyBackup(unfinished, onProgress);
    await rename(unfinished, path);
    await syncFile(folder);
    if (keep !== undefined) await prune(folder, keep);
    const documents = manifest.rows["documents"] ?? 0;
    return { path, bytes: sizeOf(manifest), documents, lost };
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw inWords(error, folder);
  }
}

/** Two of one second are told apart by calling the later one a second younger. */
function freeName(folder: string): string {
  let time = Date.now();
  while (existsSync(join(folder, backupName(time)))) time += 1000;
  return backupName(time);
}

interface FillOptions {
  places: DataPlaces;
  previous: string | undefined;
  onProgress: OnProgress;
}

/** Everything but the name: durable when it resolves. @returns how many files were lost. */
async function fill(
  target: string,
  { places, previous, onProgress }: FillOptions,
): Promise<number> {
  const createdAt = new Date().toISOString();
  using live = openLive(places.database);
  await checkRoom(target, (await stat(places.database)).size);
  onProgress({ stage: "database", done: 0, all: 1 });
  const snapshot = join(target, DATABASE_FILE);
  await takeSnapshot(live, snapshot);
  const source = join(places.dataDirectory, BLOB_FOLDER);
  const { copied, lost } = await copyBlobs({ live, source, target, previous, onProgress });
  const secretKey = join(places.dataDirectory, SECRET_KEY_FILE);
  const others = [DATABASE_FILE];
  if (await copyWhereThere(secretKey, join(target, SECRET_KEY_FILE))) others.push(SECRET_KEY_FILE);
  const { migration, rows } = checkSnapshot(snapshot);
  const listed = await Promise.all(others.map(async (path) => await listFile(target, path)));
  await writeManifest(target, {
    version,
    commit: readCommit() ?? null,
    createdAt,
    migration,
    rows,
    files: [...listed, ...copied],
    lost,
  });
  await syncFile(target);
  return lost.length;
}

async function listFile(target: string, path: string): Promise<ListedFile> {
  const full = join(target, path);
  return { path, bytes: (await stat(full)).size, sha256: await hashOf(full) };
}

/** @returns whether it was there: where `SECRET_KEY` is set there is no such file. */
async function copyWhereThere(from: string, to: string): Promise<boolean> {
  try {
    await copyDurably(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}
