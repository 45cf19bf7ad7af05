/**
 * One server a database. The lock is an exclusive transaction on a SQLite file beside it, which the
 * operating system lets go however the process ends, so a stale lock cannot exist.
 */
import { Database, SQLiteError } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

export class InstanceLockedError extends Error {
  override readonly name = "InstanceLockedError";
  constructor(databasePath: string) {
    super(
      `Another My OCR is using the database ${databasePath}. Stop it first, or set DATA_DIR to another folder.`,
    );
  }
}

/**
 * @param databasePath the database to guard; `:memory:` needs no lock.
 * @param waitMs how long to wait for the one that holds it.
 * @throws InstanceLockedError when it is still held after that.
 */
export function lockInstance(databasePath: string, waitMs = 5_000): Disposable {
  if (databasePath === ":memory:") return { [Symbol.dispose]: () => {} };
  mkdirSync(dirname(databasePath), { recursive: true, mode: 0o700 });
  const lock = lockFile(`${databasePath}.lock`, waitMs);
  if (!lock) throw new InstanceLockedError(databasePath);
  return lock;
}

/**
 * @param path of a file in a folder that exists; nothing else is ever in it.
 * @param waitMs how long to wait for the one that holds it.
 * @returns undefined when it is still held after that.
 */
export function lockFile(path: string, waitMs: number): Disposable | undefined {
  const lock = new Database(path, { create: true });
  try {
    lock.run(`PRAGMA busy_timeout = ${waitMs}`);
    lock.run("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (error instanceof SQLiteError && error.code === "SQLITE_BUSY") return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => lock.close() };
}
