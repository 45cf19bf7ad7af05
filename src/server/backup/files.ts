/** Files of backups: copied durably, and never through a link that somebody put there. */
import { constants } from "node:fs";
import { chmod, copyFile, lstat, mkdir, realpath, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFile } from "../documents/sync.ts";
import { hasCode } from "../errors.ts";
import { BackupError } from "./backup-error.ts";

/** What stays free on a disk beside a backup, so that the server can go on. */
const RESERVE_BYTES = 16 * 1024 * 1024;
const MB = 1_000_000;

/**
 * That a file of a backup is one, and is where it says.
 *
 * @returns its bytes.
 * @throws BackupError where it is missing, a link, or something else than a file.
 */
export async function checkFile(folder: string, path: string): Promise<number> {
  const full = join(folder, path);
  try {
    const { size, isFile } = await lstat(full).then((stats) => ({
      size: stats.size,
      isFile: stats.isFile(),
    }));
    const isThere = (await realpath(full)) === join(await realpath(folder), path);
    if (isFile && isThere) return size;
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTDIR", "ELOOP")) throw error;
    throw new BackupError(`${path} is missing in ${folder}. Use another backup.`);
  }
  throw new BackupError(`${path} in ${folder} is a link or no file. Use another backup.`);
}

/** Copies to a path where nothing is, for the owner alone; shares blocks where the disk can. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(to, 0o600);
  await syncFile(to);
}

/** @throws BackupError where the disk of the folder has less room than that and a reserve. */
export async function checkRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + RESERVE_BYTES) return;
  const [needed, there] = [bytes + RESERVE_BYTES, free].map((count) => Math.ceil(count / MB));
  throw new BackupError(
    `The disk of ${folder} has ${there} MB free, and ${needed} MB are needed. Make room and try again.`,
  );
}
