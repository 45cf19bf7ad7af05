/** A server that starts with more documents to remove than it can remove at once. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { keptData } from "./fixtures/kept-data.ts";
import { watchHealth } from "./fixtures/health.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { type ServerProcess, startServerProcess } from "./server.ts";

/** They take seconds: each is removed durably. */
const DOCUMENTS = 2000;
const TIMEOUT_MS = 120_000;

let folder: ReturnType<typeof temporaryFolder>;

beforeEach(async () => {
  folder = temporaryFolder();
  using kept = keptData(folder.path);
  // The others share its file, so that the last one takes that with it.
  const first = await kept.keep("a file");
  const { $client: client } = kept.db;
  client.run("UPDATE documents SET created_at = 1");
  client.run(
    `WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
     INSERT INTO documents (id, user_id, name, file_type, bytes, blob, pages, created_at)
     SELECT 'old-' || n, user_id, name, file_type, bytes, blob, pages, created_at
     FROM documents, numbers WHERE id = ?`,
    [DOCUMENTS, first],
  );
});
afterEach(() => folder[Symbol.dispose]());

async function start(): Promise<ServerProcess> {
  const env = { LLM_BASE_URL: "http://127.0.0.1:9/v1", RETENTION_DAYS: "1" };
  return await startServerProcess(folder.path, env);
}

function documentsLeft(): number {
  using database = new Database(join(folder.path, "my-ocr.db"), { readonly: true });
  const row = database.query<{ left: number }, []>("SELECT count(*) AS left FROM documents").get();
  return row?.left ?? -1;
}

function filesLeft(): number {
  return readdirSync(join(folder.path, "blobs"), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  ).length;
}

test(
  "answers before they are gone and meanwhile, and they go all the same",
  async () => {
    await using server = await start();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const left = documentsLeft();
    expect(left).toBeGreaterThan(0);
    const health = watchHealth(server.url);
    while (documentsLeft() > 0) await Bun.sleep(20);
    const { answers, slowestMs, p99Ms } = await health.stop();
    process.stdout.write(
      `${left} documents left at the start: ${answers} answers, p99 ${Math.round(p99Ms)} ms, slowest ${Math.round(slowestMs)} ms\n`,
    );
    expect(answers).toBeGreaterThan(5);
    while (filesLeft() > 0) await Bun.sleep(20);
  },
  TIMEOUT_MS,
);

test(
  "stops in the middle of it when it is told to, and goes on at the next start",
  async () => {
    await using first = await start();
    const atStart = documentsLeft();
    while (documentsLeft() === atStart) await Bun.sleep(5);
    first.kill("SIGTERM");
    expect(await first.exited).toBe(0);
    expect(documentsLeft()).toBeWithin(1, DOCUMENTS);
    expect(filesLeft()).toBe(1);
    await using _second = await start();
    while (documentsLeft() > 0) await Bun.sleep(20);
  },
  TIMEOUT_MS,
);
