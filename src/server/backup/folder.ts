/**
 * A folder of backups. A backup is a folder named by its time, which gets that name when it is whole;
 * until then, and while it is removed, it has a name that counts as none.
 */
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { lockFile } from "../db/instance-lock.ts";
import { hasCode } from "../errors.ts";
import { BackupError } from "./backup-error.ts";

const NAME = /^my-ocr-(\d{4})-(\d\d)-(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const UNFINISHED = ".unfinished-";
const LOCK = ".lock";

/** @param time Unix milliseconds; its seconds count. */
export function backupName(time: number): string {
  const iso = new Date(time).toISOString();
  return `my-ocr-${iso.slice(0, 19).replaceAll(":", "")}Z`;
}

export function unfinishedPath(folder: string, name: string): string {
  return join(folder, `${UNFINISHED}${name}`);
}

/** One at a time makes, removes or cleans up backups there. @throws BackupError. */
export function lockFolder(folder: string): Disposable {
  const lock = lockFile(join(folder, LOCK), 0);
  if (lock) return lock;
  throw new BackupError(`Another backup into ${folder} is under way. Try again when it has ended.`);
}

/** Names of the backups in a folder, the newest first; none where there is no folder. */
export async function listBackups(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  });
  return names
    .filter((name) => NAME.test(name))
    .toSorted()
    .toReversed();
}

/** When a backup of that name was begun, in Unix milliseconds. */
export function timeOf(name: string): number {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Removes what was interrupted. Hold the lock of the folder. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Removes all but the newest. Hold the lock of the folder. */
export async function prune(folder: string, keep: number): Promise<void> {
  for (const name of (await listBackups(folder)).slice(keep)) {
    // In one step it is none any more, however long the rest takes.
    const leaving = unfinishedPath(folder, name);
    await rename(join(folder, name), leaving);
    await rm(leaving, { recursive: true, force: true });
  }
}
