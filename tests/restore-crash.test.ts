/** `kill -9` in the middle of a restore: a server takes what is there for whole only where it is. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBackup } from "../src/server/backup/create.ts";
import { blobPath } from "../src/server/documents/blob-store.ts";
import { type CommandResult, runCommand, startCommand } from "./command-line.ts";
import { keptData } from "./fixtures/kept-data.ts";
import { randomNumbers } from "./fixtures/random.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { startServerProcess } from "./server.ts";

const TIMEOUT_MS = 120_000;
const OLD = 2;
const NEW = 30;

let folder: ReturnType<typeof temporaryFolder>;

/** Where data is restored to; the database may lie on another disk. */
interface Target {
  data: string;
  database: string;
  env: Record<string, string>;
}

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

/** @param megabytes of the database, so that it takes its time. @returns its folder. */
async function backupOf(documents: number, megabytes: number): Promise<string> {
  const data = mkdtempSync(join(folder.path, "source-"));
  using kept = keptData(data);
  for (let number = 0; number < documents; number++) await kept.keep(`${number} of ${documents}`);
  const { $client: client } = kept.db;
  client.run("CREATE TABLE filling (bytes BLOB)");
  const insert = client.query("INSERT INTO filling VALUES (randomblob(1000000))");
  client.transaction(() => {
    for (let size = 0; size < megabytes; size++) insert.run();
  })();
  const task = { places: kept.places, folder: join(data, "backups") };
  return (await createBackup(task, () => {})).path;
}

function targetIn(data: string, databaseFolder = data): Target {
  mkdirSync(data, { recursive: true });
  const database = join(databaseFolder, "my-ocr.db");
  const env = { LLM_BASE_URL: "http://127.0.0.1:9/v1", DATA_DIR: data, DATABASE_URL: database };
  return { data, database, env };
}

async function myOcr({ env }: Target, ...args: string[]): Promise<CommandResult> {
  return await runCommand(args, { cwd: folder.path, env });
}

/** So long after a name has appeared in a folder. */
interface Moment {
  folder: string;
  name: RegExp;
  afterMs: number;
}

/** Ends it with SIGKILL. */
async function killedRestore(
  { env }: Target,
  args: string[],
  { folder: watched, name, afterMs }: Moment,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _watcher = watcher(watched, (changed) => {
    if (name.test(changed)) resolve();
  });
  const running = startCommand(["restore", ...args], { cwd: folder.path, env });
  await Promise.race([promise, running.ended]);
  if (afterMs > 0) await Bun.sleep(afterMs);
  running.kill("SIGKILL");
  await running.ended;
}

function watcher(path: string, look: (name: string) => void): Disposable {
  const watching = watch(path, (_, name) => look(name ?? ""));
  return { [Symbol.dispose]: () => watching.close() };
}

/** Whether a server starts there; else it has to say why, and the command line says the same. */
async function starts(target: Target): Promise<boolean> {
  const wasThere = existsSync(target.database);
  let complaint = "";
  try {
    await using _server = await startServerProcess(target.data, target.env);
  } catch (error) {
    complaint = String(error);
  }
  if (wasThere) {
    expect(complaint).toBe("");
    return true;
  }
  const problem = /A restore into .* was interrupted\. Run my-ocr restore again\./;
  expect(complaint).toMatch(problem);
  for (const command of ["user list", "db migrate"]) {
    expect((await myOcr(target, ...command.split(" "))).stderr).toMatch(problem);
  }
  expect(existsSync(target.database)).toBe(false);
  return false;
}

/** @returns how many documents there are; each has its file. */
function documentsIn(database: string, data: string): number {
  using opened = new Database(database, { readonly: true });
  expect(opened.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  const blobs = opened.query<{ blob: string }, []>("SELECT blob FROM documents").all();
  for (const { blob } of blobs) expect(existsSync(join(data, "blobs", blobPath(blob)))).toBe(true);
  expect(existsSync(join(data, "secret_key"))).toBe(true);
  return blobs.length;
}

/** Of what was moved aside from there. */
function asideOf(path: string): string {
  const names = readdirSync(path).filter((name) => name.startsWith("replaced-"));
  expect(names).toHaveLength(1);
  return join(path, names[0] ?? "");
}

async function expectRestored(target: Target, args: string[]): Promise<void> {
  const { exitCode, stderr } = await myOcr(target, "restore", ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
  expect(documentsIn(target.database, target.data)).toBe(NEW);
  expect(readdirSync(target.data).filter((name) => name.startsWith(".restoring-"))).toEqual([]);
  expect(await starts(target)).toBe(true);
}

describe("a restore that is killed at any moment", () => {
  /** How long one takes, from its first trace on. */
  async function durationMs(backup: string): Promise<number> {
    const target = targetIn(join(folder.path, "measured"));
    let startedAt = 0;
    using _watcher = watcher(target.data, () => (startedAt ||= performance.now()));
    await expectExit(await myOcr(target, "restore", backup));
    return performance.now() - startedAt;
  }

  async function expectExit({ exitCode, stderr }: CommandResult): Promise<void> {
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
  }

  test(
    "into an empty folder is done again, and no server starts before",
    async () => {
      const backup = await backupOf(NEW, 40);
      const mostMs = await durationMs(backup);
      const random = randomNumbers(1);
      let interrupted = 0;
      for (let round = 0; round < 6; round++) {
        const target = targetIn(join(folder.path, `empty-${round}`));
        await killedRestore(target, [backup], {
          folder: target.data,
          name: /^\.restoring-/,
          afterMs: random() * mostMs,
        });
        if (await starts(target)) {
          expect(documentsIn(target.database, target.data)).toBe(NEW);
        } else {
          interrupted++;
          await expectRestored(target, [backup]);
        }
      }
      expect(interrupted).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  test(
    "over old data leaves that whole, there or aside",
    async () => {
      const [old, backup] = [await backupOf(OLD, 1), await backupOf(NEW, 40)];
      const mostMs = await durationMs(backup);
      const random = randomNumbers(2);
      for (let round = 0; round < 4; round++) {
        const target = targetIn(join(folder.path, `old-${round}`));
        await expectExit(await myOcr(target, "restore", old));
        await killedRestore(target, ["--force", backup], {
          folder: target.data,
          name: /^\.restoring-/,
          afterMs: random() * mostMs,
        });
        const isThere = await starts(target);
        const found = isThere ? documentsIn(target.database, target.data) : 0;
        expect(isThere ? [OLD, NEW] : [0]).toContain(found);
        if (found !== NEW) await expectRestored(target, [...(isThere ? ["--force"] : []), backup]);
        const aside = asideOf(target.data);
        expect(documentsIn(join(aside, "my-ocr.db"), aside)).toBe(OLD);
      }
    },
    TIMEOUT_MS,
  );
});

const OTHER_DISK = "/dev/shm";
const hasOtherDisk = existsSync(OTHER_DISK) && statSync(OTHER_DISK).dev !== statSync(tmpdir()).dev;

// There the last step takes time enough to be hit.
describe.skipIf(!hasOtherDisk)("a restore that is killed while it takes its place", () => {
  let elsewhere: string;
  beforeEach(() => {
    elsewhere = mkdtempSync(join(OTHER_DISK, "my-ocr-restore-"));
  });
  afterEach(() => rmSync(elsewhere, { recursive: true, force: true }));

  test(
    "in an empty folder is done again, and no server starts before",
    async () => {
      const backup = await backupOf(NEW, 200);
      const target = targetIn(join(folder.path, "data"), elsewhere);
      await killedRestore(target, [backup], {
        folder: target.data,
        name: /^blobs$/,
        afterMs: 0,
      });
      expect(readdirSync(target.data)).toContain("blobs");
      expect(await starts(target)).toBe(false);
      await expectRestored(target, [backup]);
    },
    TIMEOUT_MS,
  );

  test(
    "of old data is done again without --force, and the old is aside, whole",
    async () => {
      const [old, backup] = [await backupOf(OLD, 1), await backupOf(NEW, 200)];
      const target = targetIn(join(folder.path, "data"), elsewhere);
      expect((await myOcr(target, "restore", old)).exitCode).toBe(0);
      await killedRestore(target, ["--force", backup], {
        folder: elsewhere,
        name: /\.part$/,
        afterMs: 0,
      });
      expect(await starts(target)).toBe(false);
      const first = asideOf(target.data);
      await expectRestored(target, [backup]);
      expect(documentsIn(join(asideOf(elsewhere), "my-ocr.db"), first)).toBe(OLD);
    },
    TIMEOUT_MS,
  );
});
