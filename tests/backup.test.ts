/** Backups of real servers: while they are written to, killed, on full disks, and by their clock. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { backupName, listBackups } from "../src/server/backup/folder.ts";
import { verifyBackup } from "../src/server/backup/verify.ts";
import { openDatabase } from "../src/server/db/client.ts";
import { startScriptedEngine } from "../src/server/engines/scripted/server.ts";
import { bearer, newBearer, requestToken } from "./accounts.ts";
import {
  type CommandResult,
  commandLine,
  runCommand,
  startCommand,
  startInTerminal,
} from "./command-line.ts";
import { watchHealth } from "./fixtures/health.ts";
import { type KeptData, keptData } from "./fixtures/kept-data.ts";
import { pdfOfPages, pageNumberOf } from "./fixtures/numbered-pages.ts";
import { randomNumbers } from "./fixtures/random.ts";
import { parseScrape } from "./fixtures/scrape.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { startServer, startServerProcess, uploadForm } from "./server.ts";
import { type TypedClient, typedClient } from "./typed-client.ts";

const TIMEOUT_MS = 120_000;
/** No engine is asked. */
const NO_ENGINE = { LLM_BASE_URL: "http://127.0.0.1:9/v1" };

let folder: ReturnType<typeof temporaryFolder>;
let data: string;
let backups: string;

beforeEach(() => {
  folder = temporaryFolder();
  [data, backups] = [join(folder.path, "data"), join(folder.path, "backups")];
  mkdirSync(data);
  mkdirSync(backups);
});
afterEach(() => folder[Symbol.dispose]());

async function myOcr(args: string[], dataDirectory = data): Promise<CommandResult> {
  const env = { ...NO_ENGINE, DATA_DIR: dataDirectory };
  return await runCommand(args, { cwd: folder.path, env });
}

/** Resolves at the first change below the folder after which the condition holds. */
async function untilFolder(path: string, condition: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(path, () => {
    if (condition()) resolve();
  });
  try {
    if (!condition()) await promise;
  } finally {
    watcher.close();
  }
}

/** Puts texts into the database until it has so many MB. */
function fill({ db: { $client: client } }: KeptData, megabytes: number): void {
  client.run("CREATE TABLE filling (bytes BLOB)");
  const insert = client.query("INSERT INTO filling VALUES (randomblob(1000000))");
  client.transaction(() => {
    for (let size = 0; size < megabytes; size++) insert.run();
  })();
}

describe("a backup of a server that is written to", () => {
  /** Uploads and reads documents and removes them again, some before they are read. */
  function work(client: TypedClient, seed: number): { stop: () => Promise<number> } {
    const random = randomNumbers(seed);
    const stopped = new AbortController();
    const kept: string[] = [];
    const go = async (): Promise<number> => {
      let removed = 0;
      for (let number = 1; !stopped.signal.aborted; number++) {
        const file = await pdfOfPages([(seed * 500 + number) % 900]);
        const { id } = await client.documents.upload.mutate(uploadForm(file, {}, "a.pdf"));
        await client.jobs.start.mutate({ documentId: id });
        kept.push(id);
        const place = Math.floor(random() * kept.length * 2);
        const [leaves] = kept.splice(place, 1);
        if (leaves === undefined) continue;
        await client.documents.remove.mutate({ id: leaves });
        removed++;
      }
      return removed;
    };
    const done = go();
    return {
      async stop() {
        stopped.abort();
        return await done;
      },
    };
  }

  test(
    "is whole each time: every document opens from it, and people can log in",
    async () => {
      await using engine = await startScriptedEngine(async ({ image }) => ({
        text: `Text of page ${await pageNumberOf(image)}. `.repeat(20),
      }));
      const env = { LLM_BASE_URL: engine.url, AUTH_ENABLED: "true" };
      await using server = await startServerProcess(data, env);
      const authorization = await newBearer(server, "ada");
      const client = typedClient(server.url, authorization);
      const workers = [1, 2, 3].map((seed) => work(client, seed));
      const made: string[] = [];
      for (let round = 0; round < 4; round++) {
        const { exitCode, stdout, stderr } = await myOcr(["backup", backups]);
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
        made.push(stdout.trim());
      }
      const removed = await Promise.all(workers.map(async (worker) => await worker.stop()));
      expect(Math.min(...removed)).toBeGreaterThan(0);
      await server[Symbol.asyncDispose]();
      for (const [index, path] of made.entries()) {
        const restored = join(folder.path, `restored-${index}`);
        expect((await myOcr(["restore", path], restored)).exitCode).toBe(0);
        await checkRestored(restored, path, env);
      }
    },
    TIMEOUT_MS,
  );

  async function checkRestored(
    restored: string,
    path: string,
    env: Record<string, string>,
  ): Promise<void> {
    const { rows } = await verifyBackup(path);
    await using server = await startServerProcess(restored, env);
    const answer = await requestToken(server, "ada");
    expect(answer.status).toBe(200);
    const { access_token: token }: { access_token: string } = JSON.parse(await answer.text());
    using database = new Database(join(restored, "my-ocr.db"), { readonly: true });
    expect(database.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
    const documents = database.query<{ id: string; blob: string }, []>(
      "SELECT id, blob FROM documents",
    );
    const all = documents.all();
    expect(all).toHaveLength(rows["documents"] ?? -1);
    for (const { id, blob } of all) {
      const headers = bearer(token);
      const file = await fetch(`${server.url}/api/documents/${id}/file`, { headers });
      expect(file.status).toBe(200);
      const bytes = await file.arrayBuffer();
      expect(new Bun.CryptoHasher("sha256").update(bytes).digest("hex")).toBe(blob);
    }
  }
});

describe("a backup that is killed", () => {
  test(
    "at any moment is none, and the next one cleans up",
    async () => {
      using kept = keptData(data);
      fill(kept, 40);
      for (let number = 0; number < 40; number++) await kept.keep(`document ${number}`);
      const random = randomNumbers(1);
      const env = { DATA_DIR: data };
      let interrupted = 0;
      for (let round = 0; round < 8; round++) {
        const into = join(backups, String(round));
        mkdirSync(into);
        const running = startCommand(["backup", into], { cwd: folder.path, env });
        await untilFolder(into, () =>
          readdirSync(into).some((name) => name.startsWith(".unfinished-")),
        );
        await Bun.sleep(random() * 300);
        running.kill("SIGKILL");
        await running.ended;
        // Its process dies with it, and holds the lock until then.
        let next = await myOcr(["backup", into]);
        while (next.stderr.includes("is under way")) next = await myOcr(["backup", into]);
        interrupted += (await listBackups(into)).length === 1 ? 1 : 0;
        expect(next.exitCode).toBe(0);
        for (const name of await listBackups(into)) await verifyBackup(join(into, name));
        expect(readdirSync(into).filter((name) => name.startsWith(".unfinished-"))).toEqual([]);
      }
      expect(interrupted).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});

describe("the server's own backups", () => {
  test(
    "begin soon after the start, and /healthz answers all the while",
    async () => {
      {
        using kept = keptData(data);
        fill(kept, 200);
      }
      const env = { ...NO_ENGINE, BACKUP_DIR: backups };
      await using server = await startServerProcess(data, env);
      const startedAt = performance.now();
      const health = watchHealth(server.url);
      const isMade = (): boolean => readdirSync(backups).some((name) => name.startsWith("my-ocr-"));
      await untilFolder(backups, isMade);
      const tookMs = performance.now() - startedAt;
      const { answers, slowestMs, p99Ms } = await health.stop();
      process.stdout.write(
        `backup of 200 MB: ${Math.round(tookMs)} ms, ${answers} answers, p99 ${Math.round(p99Ms)} ms, slowest ${Math.round(slowestMs)} ms\n`,
      );
      expect(answers).toBeGreaterThan(5);
      // In the server's own process SQLite alone would take half of that.
      expect(slowestMs).toBeLessThan(tookMs * 0.4);
      const [name = ""] = await listBackups(backups);
      await verifyBackup(join(backups, name));
    },
    TIMEOUT_MS,
  );

  test("are told in the metrics, keep their number, and are not made before their time", async () => {
    for (const time of [1e12, 2e12 / 2 + 1e9]) mkdirSync(join(backups, backupName(time)));
    const env = { ...NO_ENGINE, BACKUP_DIR: backups, BACKUP_KEEP: "2" };
    await using server = await startServer(env);
    await server.services.backups?.look();
    const names = await listBackups(backups);
    expect(names).toHaveLength(2);
    await verifyBackup(join(backups, names[0] ?? ""));
    const scrape = parseScrape((await server.services.metrics.render()).text);
    const age =
      Date.now() / 1000 - (scrape.get("my_ocr_backup_last_success_timestamp_seconds") ?? 0);
    expect(age).toBeWithin(0, 60);
    expect(scrape.get("my_ocr_backup_bytes")).toBeGreaterThan(0);
    expect(scrape.get("my_ocr_backup_duration_seconds")).toBeGreaterThan(0);
    expect(scrape.get("my_ocr_backup_failures_total")).toBe(0);
    await server.services.backups?.look();
    expect(await listBackups(backups)).toEqual(names);
  }, 30_000);

  test("that fail are counted, and do not stop the server", async () => {
    const notAFolder = join(folder.path, "file");
    await Bun.write(notAFolder, "");
    await using server = await startServer({ ...NO_ENGINE, BACKUP_DIR: notAFolder });
    await server.services.backups?.look();
    const scrape = parseScrape((await server.services.metrics.render()).text);
    expect(scrape.get("my_ocr_backup_failures_total")).toBe(1);
    expect(scrape.get("my_ocr_backup_last_success_timestamp_seconds")).toBe(0);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  }, 30_000);
});

/** A small disk of its own, which only those who may have name spaces get. */
const mayMount = Bun.spawnSync(["unshare", "-Urm", "mount", "-t", "tmpfs", "none", "/mnt"], {
  stdio: ["ignore", "ignore", "ignore"],
}).success;

describe.skipIf(!mayMount)("a full disk", () => {
  test.each([
    ["without room for the database", "size=12m", /MB free, and \d+ MB are needed/],
    ["that is full in the middle", "size=200m,nr_inodes=20", /The disk of .* is full/],
  ])(
    "%s is said, and nothing is left there",
    async (_, options, problem) => {
      {
        using kept = keptData(data);
        for (let number = 0; number < 30; number++) await kept.keep(`document ${number}`);
      }
      const script = `mount -t tmpfs -o ${options} none "$1" && shift && "$@"; echo "left: $(ls -A ${backups})" >&2`;
      const command = commandLine("backup", backups);
      const child = Bun.spawn(["unshare", "-Urm", "sh", "-c", script, "sh", backups, ...command], {
        cwd: folder.path,
        env: { PATH: process.env["PATH"] ?? "", DATA_DIR: data },
        stdio: ["ignore", "ignore", "pipe"],
      });
      const stderr = await new Response(child.stderr).text();
      expect(stderr).toMatch(problem);
      expect(stderr).toEndWith("left: .lock\n");
    },
    30_000,
  );
});

describe("the command", () => {
  const cases: [string[], number, RegExp][] = [
    [["backup"], 2, /^my-ocr: Say where to: my-ocr backup FOLDER, or set BACKUP_DIR\.\n$/],
    [["backup", "--keep", "0", "x"], 2, /whole number of at least 1/],
    [["backup", "x", "--verify", "y"], 2, /--verify takes the backup's folder, and nothing else/],
    [["backup", "x"], 1, /^my-ocr: There is no database at .*Set DATA_DIR/],
    [["backup", "--verify", "nowhere"], 1, /^my-ocr: manifest\.json is missing in /],
    [["restore"], 2, /missing required argument/],
    [["restore", "nowhere"], 1, /^my-ocr: manifest\.json is missing in /],
  ];
  test.each(cases)("%p ends with %d and says why", async (args, code, problem) => {
    const { exitCode, stderr } = await myOcr(args);
    expect(stderr).toMatch(problem);
    expect(exitCode).toBe(code);
  });

  test("refuses to restore under a server that runs", async () => {
    await using _server = await startServerProcess(data, NO_ENGINE);
    const { stdout } = await myOcr(["backup", backups]);
    const { exitCode, stderr } = await myOcr(["restore", "--force", stdout.trim()]);
    expect(stderr).toStartWith("my-ocr: Another My OCR is using the database");
    expect(exitCode).toBe(1);
    expect(existsSync(join(data, "my-ocr.db"))).toBe(true);
  }, 30_000);

  test("tells on a terminal how far it is, and stops at Ctrl-C with nothing left", async () => {
    openDatabase(join(data, "my-ocr.db")).$client.close();
    const options = { cwd: folder.path, env: { DATA_DIR: data } };
    await using whole = startInTerminal(commandLine("backup", backups), options);
    const { exitCode, screen } = await whole.ended;
    expect(screen).toContain("The database …");
    expect(exitCode).toBe(0);
    const other = join(folder.path, "other");
    await using stopped = startInTerminal(commandLine("backup", other), options);
    await stopped.shows("The database");
    stopped.type("\u0003");
    const end = await stopped.ended;
    if (end.exitCode === 0) return;
    expect(end.exitCode).toBe(130);
    expect(readdirSync(other)).toEqual([".lock"]);
  }, 30_000);
});
