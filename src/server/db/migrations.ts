/**
 * Migrations up by Drizzle's migrator, and a way back: each `drizzle/NNNN_name.sql` has a
 * `NNNN_name.down.sql` beside it. All steps of one call are one transaction, so a kill at any moment
 * leaves the old tables or the new ones. Call both under the instance lock: Drizzle reads what is
 * applied before its transaction begins.
 */
import type { Database } from "bun:sqlite";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { migrate } from "drizzle-orm/bun-sqlite/migrator";
import { z } from "zod";
import type { Db } from "./client.ts";

export const migrationsFolder = join(import.meta.dir, "../../../drizzle");

const journalSchema = z.object({
  entries: z.array(z.object({ when: z.number(), tag: z.string() })),
});

/** The database was made by a later version, whose tables this one does not know. */
export class DatabaseTooNewError extends Error {
  override readonly name = "DatabaseTooNewError";
  constructor() {
    super(
      "The database was written by a newer version of My OCR. Start that version, take the database back with that version's command `db rollback`, or restore a backup: see docs/deployment.md.",
    );
  }
}

/** Applies what is missing; returns the names of the steps now in place, oldest first. */
export function migrateUp(db: Db, folder = migrationsFolder): string[] {
  const known = readJournal(folder);
  const last = lastApplied(db.$client);
  if (last !== undefined && !known.some((entry) => entry.when === last)) {
    throw new DatabaseTooNewError();
  }
  migrate(db, { migrationsFolder: folder });
  return known.map((entry) => entry.tag);
}

/** Whether the tables are those of this version. */
export function isUpToDate(db: Db, folder = migrationsFolder): boolean {
  return readJournal(folder).at(-1)?.when === lastApplied(db.$client);
}

/**
 * The newest step that a database has, whichever process it is of.
 *
 * @returns undefined where it has none: it is empty.
 * @throws DatabaseTooNewError.
 */
export function newestStep(client: Database): string | undefined {
  const last = lastApplied(client);
  if (last === undefined) return undefined;
  const entry = readJournal(migrationsFolder).find((candidate) => candidate.when === last);
  if (!entry) throw new DatabaseTooNewError();
  return entry.tag;
}

/** Takes the last applied step back; returns its name, or undefined where none is applied. */
export function rollbackLast(db: Db, folder = migrationsFolder): string | undefined {
  const last = lastApplied(db.$client);
  if (last === undefined) return undefined;
  const entry = readJournal(folder).find((candidate) => candidate.when === last);
  if (!entry) throw new DatabaseTooNewError();
  const down = readFileSync(join(folder, `${entry.tag}.down.sql`), "utf8");
  const undo = db.$client.transaction(() => {
    for (const statement of down.split("--> statement-breakpoint")) db.$client.run(statement);
    db.$client.run("DELETE FROM __drizzle_migrations WHERE created_at = ?", [last]);
  });
  undo.immediate();
  return entry.tag;
}

function readJournal(folder: string): { when: number; tag: string }[] {
  const text = readFileSync(join(folder, "meta/_journal.json"), "utf8");
  return journalSchema.parse(JSON.parse(text)).entries;
}

/** When the newest applied step was generated: Drizzle's key of a migration. */
function lastApplied(client: Database): number | undefined {
  const exists = client
    .query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '__drizzle_migrations'")
    .get();
  if (!exists) return undefined;
  const row = z
    .object({ last: z.coerce.number().nullable() })
    .parse(client.query("SELECT max(created_at) AS last FROM __drizzle_migrations").get());
  return row.last ?? undefined;
}
