import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, openDatabase } from "./client.ts";
import { InstanceLockedError, lockInstance } from "./instance-lock.ts";
import { DatabaseTooNewError, migrateUp, migrationsFolder, rollbackLast } from "./migrations.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-db-"));
  path = join(folder, "test.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tables(): unknown[] {
  const client = new Database(path, { readonly: true });
  const rows = client
    .query(
      "SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY name",
    )
    .all();
  client.close();
  return rows;
}

function statusOf(pragma: string): unknown {
  const db = openDatabase(path);
  const row = db.$client.query(`PRAGMA ${pragma}`).values()[0]?.[0];
  db.$client.close();
  return row;
}

describe("the database", () => {
  test("is durable: WAL, synchronous FULL, foreign keys, a busy time-out", () => {
    expect(statusOf("journal_mode")).toBe("wal");
    expect(statusOf("synchronous")).toBe(2);
    expect(statusOf("foreign_keys")).toBe(1);
    expect(statusOf("busy_timeout")).toBe(5000);
  });

  test("goes all the way back and forward again to the same tables", () => {
    const db = connect(path);
    migrateUp(db);
    const before = tables();
    expect(before.length).toBeGreaterThan(0);
    while (rollbackLast(db) !== undefined);
    expect(tables()).toEqual([]);
    migrateUp(db);
    expect(tables()).toEqual(before);
    db.$client.close();
  });

  test("keeps its rows when it is opened again", () => {
    const db = openDatabase(path);
    db.$client.run(
      "INSERT INTO users (username, username_key, created_at) VALUES ('kept', 'kept', 1)",
    );
    db.$client.close();
    const again = openDatabase(path);
    expect(again.$client.query("SELECT username FROM users").values()).toEqual([["kept"]]);
    again.$client.close();
  });

  test("keeps the account and its usage through the step that adds accounts, there and back", () => {
    const db = connect(path);
    migrateUp(db);
    while (rollbackLast(db) !== "0001_accounts_keys_sessions");
    db.$client.run("INSERT INTO users (id, username, created_at) VALUES (7, 'Größe', 1)");
    db.$client.run(
      "INSERT INTO usage_events (request_id, user_id, kind, engine, model, input_bytes, pages, created_at) VALUES ('r', 7, 'pdf', 'e', 'm', 1, 1, 1)",
    );
    migrateUp(db);
    const owner =
      "SELECT username FROM users JOIN usage_events ON users.id = user_id WHERE users.id = 7";
    expect(db.$client.query(owner).values()).toEqual([["Größe"]]);
    expect(db.$client.query("PRAGMA foreign_key_check").values()).toEqual([]);
    while (rollbackLast(db) !== "0001_accounts_keys_sessions");
    expect(db.$client.query(owner).values()).toEqual([["Größe"]]);
    expect(db.$client.query("PRAGMA foreign_key_check").values()).toEqual([]);
    db.$client.close();
  });

  test("of a newer version is refused and left as it is", () => {
    openDatabase(path).$client.close();
    const client = new Database(path);
    client.run(
      "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('later', 99999999999999)",
    );
    client.close();
    expect(() => openDatabase(path)).toThrow(DatabaseTooNewError);
  });

  test("a failing step leaves the old tables", () => {
    const migrations = join(folder, "drizzle");
    cpSync(migrationsFolder, migrations, { recursive: true });
    const db = connect(path);
    migrateUp(db, migrations);
    const before = tables();
    const journalPath = join(migrations, "meta/_journal.json");
    const journal = readFileSync(journalPath, "utf8");
    writeFileSync(
      journalPath,
      journal.replace(
        /\n {2}\]/,
        ',{"idx":99,"version":"6","when":9999999999999,"tag":"9999_broken","breakpoints":true}\n]',
      ),
    );
    writeFileSync(
      join(migrations, "9999_broken.sql"),
      "CREATE TABLE half (id integer);--> statement-breakpoint\nCREATE TABLE users (id integer);",
    );
    expect(() => migrateUp(db, migrations)).toThrow();
    expect(tables()).toEqual(before);
    db.$client.close();
  });

  test("survives kill -9 at any moment of its first start", async () => {
    const script = join(import.meta.dir, "../cli/main.ts");
    for (let round = 0; round < 8; round++) {
      rmSync(path, { force: true });
      const child = Bun.spawn([process.execPath, script, "db", "migrate"], {
        env: { ...process.env, DATABASE_URL: path, DATA_DIR: folder },
        stdio: ["ignore", "ignore", "ignore"],
      });
      await Bun.sleep(30 + round * 25);
      child.kill("SIGKILL");
      await child.exited;
      using _lock = lockInstance(path);
      const db = openDatabase(path);
      expect(db.$client.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
      expect(db.$client.query("SELECT count(*) FROM usage_events").values()).toEqual([[0]]);
      db.$client.close();
    }
  }, 30_000);
});

describe("the instance lock", () => {
  test("keeps a second server away, and is free once the first has gone", () => {
    const first = lockInstance(path);
    expect(() => lockInstance(path, 0)).toThrow(InstanceLockedError);
    first[Symbol.dispose]();
    using second = lockInstance(path, 0);
    expect(second).toBeDefined();
  });
});
