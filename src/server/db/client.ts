/** Opens the SQLite database: pragmas, migrations, the lock that keeps a second server away. */
import { Database } from "bun:sqlite";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { type BunSQLiteDatabase, drizzle } from "drizzle-orm/bun-sqlite";
import { migrateUp } from "./migrations.ts";
import * as schema from "./schema.ts";

/** How long a statement waits for another process that writes. */
const BUSY_TIMEOUT_MS = 5_000;

export type Db = BunSQLiteDatabase<typeof schema> & { $client: Database };

/**
 * Opens (and makes, where it does not exist) the database without touching its tables.
 *
 * @param path absolute, or `:memory:`.
 */
export function connect(path: string): Db {
  if (path !== ":memory:") makePrivate(path);
  const client = new Database(path, { create: true, strict: true });
  client.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  client.run("PRAGMA journal_mode = WAL");
  // NORMAL may lose committed rows when the power goes; usage rows must not be lost.
  client.run("PRAGMA synchronous = FULL");
  // What people remove is not to be found in the room that it leaves.
  client.run("PRAGMA secure_delete = ON");
  return drizzle(client, { schema });
}

/** Other accounts of the system must not read what people had read. SQLite's own files take the mode on. */
function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
}

/** Opens the database and brings its tables to this version. Hold the instance lock meanwhile. */
export function openDatabase(path: string): Db {
  const db = connect(path);
  try {
    migrateUp(db);
  } catch (error) {
    db.$client.close();
    throw error;
  }
  // Only now: a migration that rebuilds a table must be able to drop the old one.
  db.$client.run("PRAGMA foreign_keys = ON");
  return db;
}
