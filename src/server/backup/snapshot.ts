/** The database of a backup: taken from one that is in use, looked into, and checked. */
import { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { z } from "zod";
import { newestStep } from "../db/migrations.ts";
import { forgetDocument } from "../documents/library.ts";
import { syncFile } from "../documents/sync.ts";
import { hasCode } from "../errors.ts";
import { BackupError } from "./backup-error.ts";

/** How long a statement waits for another process that writes. */
const BUSY_TIMEOUT_MS = 30_000;

/** Opens the database of a server, which may run. @throws BackupError where there is none. */
export function openLive(path: string): Database {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new BackupError(
      `There is no database at ${path}. Set DATA_DIR (and DATABASE_URL) as the server has it.`,
    );
  }
  const live = new Database(path, { readwrite: true, create: false, strict: true });
  live.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return live;
}

/**
 * Writes the database as it is at one moment; who writes into it meanwhile does not wait. Blocks
 * this process until it is done.
 *
 * @throws BackupError where it has no tables; DatabaseTooNewError.
 */
export async function takeSnapshot(live: Database, path: string): Promise<void> {
  if (newestStep(live) === undefined) {
    throw new BackupError("The database has no tables yet: there is nothing to back up.");
  }
  // SQLite takes an empty file for none, and leaves its mode as it is.
  await writeFile(path, "", { flag: "wx", mode: 0o600 });
  live.run("VACUUM INTO ?", [path]);
  await syncFile(path);
}

/** Keys of the blobs that a database names. */
export function blobsOf(client: Database): string[] {
  if (!tablesOf(client).includes("documents")) return [];
  const rows = client.query("SELECT DISTINCT blob FROM documents ORDER BY blob").all();
  return z
    .array(z.object({ blob: z.string() }))
    .parse(rows)
    .map(({ blob }) => blob);
}

export function namesBlob(client: Database, blob: string): boolean {
  return client.query("SELECT 1 FROM documents WHERE blob = ? LIMIT 1").get(blob) !== null;
}

/** Removes the documents of blobs from a snapshot, as the server has removed them meanwhile. */
export function forgetBlobs(path: string, blobs: readonly string[]): void {
  using client = new Database(path, { readwrite: true, create: false, strict: true });
  client.run("PRAGMA foreign_keys = ON");
  client.run("PRAGMA secure_delete = ON");
  const forget = client.transaction(() => {
    for (const blob of blobs) {
      const rows = client.query("SELECT id FROM documents WHERE blob = ?").all(blob);
      for (const { id } of z.array(z.object({ id: z.string() })).parse(rows)) {
        forgetDocument(client, id);
      }
    }
  });
  forget();
}

export interface SnapshotFacts {
  migration: string;
  rows: Record<string, number>;
  blobs: string[];
}

/**
 * Opens the database of a backup, checks it from end to end, and counts what is in it.
 *
 * @throws BackupError where it is damaged; DatabaseTooNewError.
 */
export function checkSnapshot(path: string): SnapshotFacts {
  using client = new Database(path, { readonly: true, strict: true });
  try {
    client.run("PRAGMA trusted_schema = OFF");
    const found = client.query("PRAGMA integrity_check(1)").values().flat();
    const orphans = client.query("PRAGMA foreign_key_check").values();
    if (found[0] !== "ok" || orphans.length > 0) throw damaged(String(found[0]));
    const migration = newestStep(client);
    if (migration === undefined) throw damaged("it has no tables");
    const rows = Object.fromEntries(tablesOf(client).map((table) => [table, count(client, table)]));
    return { migration, rows, blobs: blobsOf(client) };
  } catch (error) {
    if (hasCode(error, "SQLITE_CORRUPT", "SQLITE_NOTADB")) throw damaged("SQLite cannot read it");
    throw error;
  }
}

function damaged(detail: string): BackupError {
  return new BackupError(`The database of the backup is damaged (${detail}). Use another backup.`);
}

/** Those of the schema, without what SQLite and its full-text index keep for themselves. */
function tablesOf(client: Database): string[] {
  const rows = client
    .query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    .all();
  return z
    .array(z.object({ name: z.string() }))
    .parse(rows)
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("sqlite_"))
    .toSorted();
}

function count(client: Database, table: string): number {
  const quoted = `"${table.replaceAll('"', '""')}"`;
  const row = client.query(`SELECT count(*) AS rows FROM ${quoted}`).get();
  return z.object({ rows: z.number() }).parse(row).rows;
}
