/** `my-ocr db migrate` and `my-ocr db rollback`: the tables forward, or one step back. */
import { refuseHalfRestored } from "../backup/half-restored.ts";
import { dataPlaces, parseConfig } from "../config.ts";
import { type Db, connect } from "../db/client.ts";
import { lockInstance } from "../db/instance-lock.ts";
import { migrateUp, rollbackLast } from "../db/migrations.ts";

/** @returns what it did, in words. @throws InstanceLockedError, DatabaseTooNewError, BackupError, ConfigError. */
export function migrate(): string {
  return withDatabase((db) => `In place: ${migrateUp(db).join(", ")}`);
}

/** @returns what it did, in words. @throws InstanceLockedError, DatabaseTooNewError, BackupError, ConfigError. */
export function rollBack(): string {
  return withDatabase((db) => {
    const undone = rollbackLast(db);
    return undone === undefined ? "Nothing to take back." : `Taken back: ${undone}`;
  });
}

function withDatabase(work: (db: Db) => string): string {
  const places = dataPlaces(parseConfig(process.env));
  const path = places.database;
  using _lock = lockInstance(path);
  refuseHalfRestored(places);
  const db = connect(path);
  try {
    return work(db);
  } finally {
    db.$client.close();
  }
}
