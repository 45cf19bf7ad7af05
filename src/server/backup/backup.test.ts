/** Backups made of real folders, and put back into others; what is wrong with one is found out. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type KeptData, keptData } from "../../../tests/fixtures/kept-data.ts";
import { temporaryFolder } from "../../../tests/fixtures/temporary-folder.ts";
import { openDatabase } from "../db/client.ts";
import { lockInstance } from "../db/instance-lock.ts";
import { rollbackLast } from "../db/migrations.ts";
import { forgetDocument } from "../documents/library.ts";
import { type BackupReport, createBackup } from "./create.ts";
import { backupName, listBackups, lockFolder, unfinishedPath } from "./folder.ts";
import { restoreBackup } from "./restore.ts";
import { runBackup } from "./run.ts";
import { verifyBackup } from "./verify.ts";

let folder: ReturnType<typeof temporaryFolder>;
let kept: KeptData;
/** Of the backups. */
let backups: string;

beforeEach(() => {
  folder = temporaryFolder();
  backups = join(folder.path, "backups");
  mkdirSync(join(folder.path, "data"));
  kept = keptData(join(folder.path, "data"));
});
afterEach(() => {
  kept[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const never = new AbortController().signal;

async function make(keep?: number): Promise<BackupReport> {
  const task = { places: kept.places, folder: backups, ...(keep !== undefined && { keep }) };
  return await createBackup(task, () => {});
}

async function restore(backup: string, name = "restored", isForced = false) {
  const data = join(folder.path, name);
  const places = { database: join(data, "my-ocr.db"), dataDirectory: data };
  await restoreBackup({ places, backup, isForced, signal: never, onProgress: () => {} });
  return places;
}

/** What is said where something cannot be done; nothing where it can. */
async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function blobsIn(path: string): string[] {
  return readdirSync(join(path, "blobs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Gives a backup another time, as if it had been made long ago. */
function age(report: BackupReport, time: number): string {
  const older = join(dirname(report.path), backupName(time));
  renameSync(report.path, older);
  return older;
}

/** Changes the manifest and makes its checksum right again, as somebody hostile can. */
function forge(backup: string, change: (text: string) => string): void {
  const text = change(readFileSync(join(backup, "manifest.json"), "utf8"));
  writeFileSync(join(backup, "manifest.json"), text);
  const hash = new Bun.CryptoHasher("sha256").update(text).digest("hex");
  writeFileSync(join(backup, "manifest.json.sha256"), `${hash}  manifest.json\n`);
}

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

describe("a backup", () => {
  test("holds the database, the files of documents and the key, for the owner alone", async () => {
    await kept.keep("first");
    await kept.keep("second");
    const { path, documents, lost } = await make();
    expect({ documents, lost }).toEqual({ documents: 2, lost: 0 });
    const manifest = await verifyBackup(path);
    expect(manifest.rows).toMatchObject({ documents: 2, users: 1 });
    expect(manifest.files).toHaveLength(4);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    for (const { path: file } of manifest.files) {
      expect(statSync(join(path, file)).mode & 0o777).toBe(0o600);
    }
    const restored = await restore(path);
    expect(readFileSync(join(restored.dataDirectory, "secret_key"), "utf8")).toBe(
      "a secret of the server",
    );
    expect(blobsIn(restored.dataDirectory).map((blob) => readFileSync(blob, "utf8"))).toEqual(
      expect.arrayContaining(["first", "second"]),
    );
  });

  test("shares files with the one before, never with the server, and mends what that has spoiled", async () => {
    await kept.keep("first");
    await kept.keep("second");
    const first = age(await make(), 1_000_000_000_000);
    const [live] = blobsIn(kept.places.dataDirectory);
    const [spoiled = "", shared = ""] = blobsIn(first);
    expect(statSync(live ?? "").nlink).toBe(1);
    flipBit(spoiled, 0);
    const { path } = await make();
    expect(statSync(shared).nlink).toBe(2);
    expect(statSync(spoiled).nlink).toBe(1);
    await verifyBackup(path);
    expect(await problemOf(verifyBackup(first))).toMatch(/is damaged/);
  });

  test("leaves out documents that are removed while it is made, with all that was read of them", async () => {
    const stays = await kept.keep("stays");
    const goes = await kept.keep("goes");
    const { $client: live } = kept.db;
    for (const id of [stays, goes]) {
      live.run(
        "INSERT INTO jobs (id, document_id, user_id, engine, model, prompt, pages, created_at) VALUES (?1, ?1, 1, 'e', 'm', '', 1, 1)",
        [id],
      );
    }
    const goesBlob = new Bun.CryptoHasher("sha256").update("goes").digest("hex");
    const remove = (): void => {
      forgetDocument(live, goes);
      rmSync(join(kept.places.dataDirectory, "blobs", goesBlob.slice(0, 2), goesBlob));
    };
    const task = { places: kept.places, folder: backups };
    const { path, lost } = await createBackup(task, ({ stage, done }) => {
      // The snapshot is there, and no file has been copied.
      if (stage === "files" && done === 0) remove();
    });
    expect(lost).toBe(0);
    expect((await verifyBackup(path)).rows).toMatchObject({ documents: 1, jobs: 1 });
    using copy = new Database(join(path, "my-ocr.db"), { readonly: true });
    expect(copy.query("SELECT id, document_id FROM jobs").values()).toEqual([[stays, stays]]);
    expect(blobsIn(path)).toHaveLength(1);
  });

  test("is made of the rest where the server has lost a file, and says so", async () => {
    await kept.keep("there");
    await kept.keep("not there");
    const [lost = ""] = blobsIn(kept.places.dataDirectory);
    rmSync(lost);
    const report = await make();
    expect(report).toMatchObject({ documents: 2, lost: 1 });
    expect((await verifyBackup(report.path)).lost).toEqual([basename(lost)]);
    await restore(report.path);
  });

  test.each([
    ["0001_accounts_keys_sessions", "0000_accounts_and_usage", 0],
    ["0002_jobs", "0001_accounts_keys_sessions", 0],
    ["0003_usage_by_time", "0002_jobs", 1],
  ])("of a server from before %s is brought to this version", async (step, newest, documents) => {
    await kept.keep("a document");
    while (rollbackLast(kept.db) !== step);
    const { path } = await make();
    expect((await verifyBackup(path)).migration).toBe(newest);
    const { database } = await restore(path);
    using restored = new Database(database, { readonly: true });
    expect(restored.query("SELECT username FROM users").values()).toEqual([["ada"]]);
    expect(restored.query("SELECT count(*) FROM documents").values()).toEqual([[documents]]);
    openDatabase(database).$client.close();
  });

  test("removes the oldest above the number that is kept, and what was interrupted", async () => {
    for (const time of [1, 2, 3]) age(await make(), time * 1_000_000_000);
    const leftover = unfinishedPath(backups, backupName(0));
    mkdirSync(leftover);
    writeFileSync(join(leftover, "my-ocr.db"), "half");
    mkdirSync(join(backups, "my-ocr-of-somebody"));
    const { path } = await make(2);
    expect(await listBackups(backups)).toEqual([basename(path), backupName(3_000_000_000)]);
    expect(readdirSync(backups).toSorted()).toEqual(
      [".lock", backupName(3_000_000_000), basename(path), "my-ocr-of-somebody"].toSorted(),
    );
  });

  test("is refused while another one is made there", async () => {
    mkdirSync(backups);
    using _lock = lockFolder(backups);
    expect(await problemOf(make())).toMatch(/^Another backup into .* is under way/);
  });

  test("that is stopped leaves nothing", async () => {
    for (let size = 0; size < 50; size++) await kept.keep(`document ${size}`);
    const stop = new AbortController();
    const running = runBackup({ places: kept.places, folder: backups }, stop.signal, () =>
      stop.abort(new Error("stopped")),
    );
    expect(await problemOf(running)).toBe("stopped");
    expect(readdirSync(backups)).toEqual([".lock"]);
  });
});

describe("a backup that is damaged is refused, and the data folder stays empty", () => {
  const damages: Record<string, (backup: string) => void> = {
    "a bit of the database": (backup) => flipBit(join(backup, "my-ocr.db"), 5000),
    "a bit of a document": (backup) => flipBit(blobsIn(backup)[0] ?? "", 1),
    "a bit of the manifest": (backup) => flipBit(join(backup, "manifest.json"), 30),
    "a bit of its checksum": (backup) => flipBit(join(backup, "manifest.json.sha256"), 3),
    "a bit of the key": (backup) => flipBit(join(backup, "secret_key"), 3),
    "no manifest": (backup) => rmSync(join(backup, "manifest.json")),
    "no checksum": (backup) => rmSync(join(backup, "manifest.json.sha256")),
    "no database": (backup) => rmSync(join(backup, "my-ocr.db")),
    "no file of a document": (backup) => rmSync(blobsIn(backup)[0] ?? ""),
    "a database cut short": (backup) => truncateSync(join(backup, "my-ocr.db"), 8192),
    "a document cut short": (backup) => truncateSync(blobsIn(backup)[0] ?? "", 2),
    "an empty manifest": (backup) => truncateSync(join(backup, "manifest.json"), 0),
    "another database in its place, with a manifest to it": (backup) => {
      const database = join(backup, "my-ocr.db");
      using client = new Database(database);
      client.run("DELETE FROM documents WHERE name = 'a.pdf'");
      client.close();
      const hash = new Bun.CryptoHasher("sha256").update(readFileSync(database)).digest("hex");
      const { size } = statSync(database);
      forge(backup, (text) =>
        text.replace(
          /"my-ocr.db",\s*"bytes": \d+,\s*"sha256": "\w+"/,
          `"my-ocr.db","bytes":${size},"sha256":"${hash}"`,
        ),
      );
    },
  };

  test.each(Object.keys(damages))("%s", async (damage) => {
    await kept.keep("a document");
    const { path } = await make();
    await verifyBackup(path);
    damages[damage]?.(path);
    expect(await problemOf(verifyBackup(path))).toMatch(/Use another backup\.$/);
    expect(await problemOf(restore(path))).toMatch(/Use another backup\.$/);
    const left = existsSync(join(folder.path, "restored"))
      ? readdirSync(join(folder.path, "restored"))
      : [];
    expect(left.filter((name) => name !== "my-ocr.db.lock")).toEqual([]);
  });
});

describe("a backup that is hostile is refused", () => {
  async function hostile(): Promise<string> {
    await kept.keep("a document");
    return (await make()).path;
  }

  test.each(["../../outside", "/etc/passwd", "blobs/../secret", "blobs/ab/cd", "my-ocr.db-wal"])(
    "with a file named %s",
    async (name) => {
      const path = await hostile();
      forge(path, (text) => text.replace('"secret_key"', JSON.stringify(name)));
      expect(await problemOf(restore(path))).toMatch(/is no manifest of a backup/);
    },
  );

  test("with a link in the place of a file", async () => {
    const path = await hostile();
    const secret = join(path, "secret_key");
    cpSync(secret, join(folder.path, "elsewhere"));
    rmSync(secret);
    symlinkSync(join(folder.path, "elsewhere"), secret);
    expect(await problemOf(restore(path))).toMatch(/secret_key in .* is a link or no file/);
  });

  test("with a link in the place of a folder", async () => {
    const path = await hostile();
    renameSync(join(path, "blobs"), join(folder.path, "elsewhere"));
    symlinkSync(join(folder.path, "elsewhere"), join(path, "blobs"));
    expect(await problemOf(restore(path))).toMatch(/is a link or no file/);
  });

  test("with a folder in the place of a file", async () => {
    const path = await hostile();
    rmSync(join(path, "secret_key"));
    mkdirSync(join(path, "secret_key"));
    expect(await problemOf(restore(path))).toMatch(/secret_key in .* is a link or no file/);
  });

  test("with more than the disk has room for, before anything is copied", async () => {
    const path = await hostile();
    // A hole, which takes no room.
    truncateSync(join(path, "secret_key"), 2 ** 43);
    forge(path, (text) => text.replace(/("secret_key",\s*"bytes": )\d+/, `$1${2 ** 43}`));
    expect(await problemOf(restore(path))).toMatch(/MB free, and \d+ MB are needed/);
  });
});

describe("a newer version's backup is refused, with what to do", () => {
  test("in another format", async () => {
    const { path } = await make();
    forge(path, (text) => text.replace('"format": 1', '"format": 2').replace("0.1.0", "9.1.0"));
    expect(await problemOf(restore(path))).toMatch(
      /newer version of My OCR \(9\.1\.0\)\. Restore it with that version/,
    );
  });

  test("with newer tables", async () => {
    const { path } = await make();
    const database = join(path, "my-ocr.db");
    const client = new Database(database);
    client.run("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 99999999999999)");
    client.close();
    const hash = new Bun.CryptoHasher("sha256").update(readFileSync(database)).digest("hex");
    const { size } = statSync(database);
    forge(path, (text) =>
      text.replace(
        /"my-ocr.db",\s*"bytes": \d+,\s*"sha256": "\w+"/,
        `"my-ocr.db","bytes":${size},"sha256":"${hash}"`,
      ),
    );
    expect(await problemOf(restore(path))).toMatch(/newer version of My OCR\. /);
  });
});

describe("a data folder", () => {
  test("that a server uses is left alone", async () => {
    const { path } = await make();
    const before = readdirSync(kept.places.dataDirectory).toSorted();
    using _lock = lockInstance(kept.places.database, 0);
    expect(await problemOf(restore(path, "data", true))).toMatch(/^Another My OCR is using/);
    expect(readdirSync(kept.places.dataDirectory)).toEqual(expect.arrayContaining(before));
  });

  test("that holds data is left alone, and moves aside where that is wished", async () => {
    await kept.keep("old");
    const { path } = await make();
    await kept.keep("newer");
    expect(await problemOf(restore(path, "data"))).toMatch(/holds data already \(my-ocr\.db, /);
    kept.db.$client.close();
    await restore(path, "data", true);
    const aside = readdirSync(kept.places.dataDirectory).find((name) =>
      name.startsWith("replaced-"),
    );
    const old = join(kept.places.dataDirectory, aside ?? "");
    expect(blobsIn(old)).toHaveLength(2);
    expect(blobsIn(kept.places.dataDirectory)).toHaveLength(1);
    using before = new Database(join(old, "my-ocr.db"), { readonly: true });
    expect(before.query("SELECT count(*) FROM documents").values()).toEqual([[2]]);
    using now = new Database(kept.places.database, { readonly: true });
    expect(now.query("SELECT count(*) FROM documents").values()).toEqual([[1]]);
  });

  test("is as it was where restoring is interrupted", async () => {
    await kept.keep("old");
    const { path } = await make();
    kept.db.$client.close();
    const stop = new AbortController();
    const before = readdirSync(kept.places.dataDirectory).toSorted();
    const restoring = restoreBackup({
      places: kept.places,
      backup: path,
      isForced: true,
      signal: stop.signal,
      onProgress: ({ stage }) => {
        if (stage === "verify") stop.abort(new Error("stopped"));
      },
    });
    expect(await problemOf(restoring)).toBe("stopped");
    const now = readdirSync(kept.places.dataDirectory).filter((name) => !name.endsWith(".lock"));
    expect(now.toSorted()).toEqual(before);
  });

  test("may have its database elsewhere", async () => {
    await kept.keep("a document");
    const { path } = await make();
    const [dataDirectory, database] = ["files", "tables/ocr.db"].map((name) =>
      join(folder.path, name),
    );
    const places = { dataDirectory: dataDirectory ?? "", database: database ?? "" };
    const task = { places, backup: path, isForced: false, signal: never, onProgress: () => {} };
    await restoreBackup(task);
    expect(blobsIn(places.dataDirectory)).toHaveLength(1);
    using restored = new Database(places.database, { readonly: true });
    expect(restored.query("SELECT count(*) FROM documents").values()).toEqual([[1]]);
    expect(await problemOf(restoreBackup(task))).toMatch(/holds data already \(ocr\.db, /);
  });
});
