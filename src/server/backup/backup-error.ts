/** Errors of backups, and how they are said. */
import { hasCode } from "../errors.ts";

/** What keeps a backup from being made or restored, in a sentence that says what to do. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

/** An error as people should read it: a full disk is said in words, all else is as it was. */
export function inWords(error: unknown, folder: string): unknown {
  if (!hasCode(error, "ENOSPC", "EDQUOT", "SQLITE_FULL")) return error;
  const text = `The disk of ${folder} is full; nothing is left there of what was begun. Make room and try again.`;
  return new BackupError(text, { cause: error });
}
