/**
 * The files of the documents that a snapshot names. The server may remove documents meanwhile, and it
 * is another process: whatever has gone is taken out of the snapshot too, which then is what it would
 * have been a moment later. So a backup ends however much is removed.
 */
import type { Database } from "bun:sqlite";
import { link, mkdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobPath, hashOf } from "../documents/blob-store.ts";
import { syncFile } from "../documents/sync.ts";
import { hasCode } from "../errors.ts";
import { checkRoom, copyDurably } from "./files.ts";
import { BLOB_FOLDER, DATABASE_FILE, type ListedFile } from "./manifest.ts";
import type { OnProgress } from "./progress.ts";
import { blobsOf, forgetBlobs, namesBlob, openLive } from "./snapshot.ts";

export interface CopyOptions {
  live: Database;
  /** The folder of the server's blobs. */
  source: string;
  /** The folder of the backup, with the snapshot in it. */
  target: string;
  /** The folder of the backup before; what it has already takes no more room. */
  previous: string | undefined;
  onProgress: OnProgress;
}

export interface CopiedBlobs {
  copied: ListedFile[];
  /** Keys of what the server still names, but has lost or damaged. */
  lost: string[];
}

/** @throws BackupError where the disk is too small, and what the file system says. */
export async function copyBlobs(options: CopyOptions): Promise<CopiedBlobs> {
  const { target, onProgress } = options;
  const blobs = snapshotBlobs(target);
  const copied: ListedFile[] = [];
  const gone: string[] = [];
  const lost: string[] = [];
  for (const [done, key] of blobs.entries()) {
    onProgress({ stage: "files", done, all: blobs.length });
    const result = await takeBlob(key, options);
    if (result === "gone") gone.push(key);
    else if (result === "lost") lost.push(key);
    else copied.push(result);
  }
  for (const folder of new Set(copied.map(({ path }) => dirname(path)))) {
    await syncFile(join(target, folder));
  }
  if (copied.length > 0) await syncFile(join(target, BLOB_FOLDER));
  if (gone.length > 0) forgetBlobs(join(target, DATABASE_FILE), gone);
  await syncFile(join(target, DATABASE_FILE));
  return { copied, lost };
}

function snapshotBlobs(target: string): string[] {
  using snapshot = openLive(join(target, DATABASE_FILE));
  return blobsOf(snapshot);
}

/** The same bytes may come back just after they went: then the second look finds them. */
const LOOKS = 3;

async function takeBlob(key: string, options: CopyOptions): Promise<ListedFile | "gone" | "lost"> {
  const path = join(BLOB_FOLDER, blobPath(key));
  const to = join(options.target, path);
  const isTaken =
    (await linkPrevious(key, path, options)) ||
    (await copyLive(key, join(options.source, blobPath(key)), to));
  if (isTaken) return { path, bytes: (await stat(to)).size, sha256: key };
  for (let look = 1; look < LOOKS; look++) {
    // Its row goes before its file: without a row somebody has removed it.
    if (!namesBlob(options.live, key)) return "gone";
    if (await copyLive(key, join(options.source, blobPath(key)), to)) {
      return { path, bytes: (await stat(to)).size, sha256: key };
    }
  }
  return "lost";
}

/** @returns false where it is not there, or its bytes are not those that its name says. */
async function copyLive(key: string, from: string, to: string): Promise<boolean> {
  try {
    const { size } = await stat(from);
    await checkRoom(dirname(dirname(dirname(to))), size);
    await copyDurably(from, to);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
  return await keepIfRight(key, to);
}

/** Blobs never change, so backups can share them; never with the server, whose disk may spoil one. */
async function linkPrevious(
  key: string,
  path: string,
  { previous, target }: CopyOptions,
): Promise<boolean> {
  if (previous === undefined) return false;
  const to = join(target, path);
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await link(join(previous, path), to);
  } catch (error) {
    // Some file systems have no links, or allow a file few of them.
    if (hasCode(error, "ENOENT", "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "EXDEV")) return false;
    throw error;
  }
  return await keepIfRight(key, to);
}

async function keepIfRight(key: string, path: string): Promise<boolean> {
  if ((await hashOf(path)) === key) return true;
  await rm(path);
  return false;
}
