/**
 * Jobs whose server dies: `kill -9` again and again, at moments drawn from a seed that is printed.
 * `CRASHES=60 CRASH_SEED=7 bun test tests/job-crash.test.ts` dies more often, at other moments.
 */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { openDatabase } from "../src/server/db/client.ts";
import type { ScriptedAnswer } from "../src/server/engines/scripted/answer.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { SqliteJobStore } from "../src/server/jobs/sqlite-store.ts";
import { numberedPdf, pageNumberOf } from "./fixtures/numbered-pages.ts";
import { randomNumbers } from "./fixtures/random.ts";
import { type ServerProcess, startServerProcess, uploadForm } from "./server.ts";
import { followJob, typedClient } from "./typed-client.ts";

const CRASHES = Number(process.env["CRASHES"] || 12);
const SEED = Number(process.env["CRASH_SEED"] || 1);
const PAGES = 40;
const CONCURRENCY = 3;
/** How long a server lives at most; in it about so many pages are read as it takes to fill it. */
const LONGEST_LIFE_MS = 500;

let folder: string;
let engine: ScriptedEngineServer;
let answer: (page: number) => ScriptedAnswer | Promise<ScriptedAnswer>;
/** Pages in the order in which the engine was asked for them. */
let asked: number[];

const textOf = (page: number): string => `Text of page ${page}, 第${page}页. `.repeat(4);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-job-crash-"));
  asked = [];
  engine = await startScriptedEngine(async ({ image }) => {
    const page = await pageNumberOf(image);
    asked.push(page);
    return await answer(page);
  });
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  const base = { LLM_BASE_URL: engine.url, OCR_PAGE_CONCURRENCY: String(CONCURRENCY) };
  return await startServerProcess(folder, { ...base, ...env });
}

async function startJob(server: ServerProcess, pages: number): Promise<string> {
  const client = typedClient(server.url);
  const form = uploadForm(await numberedPdf(pages), {}, "numbered.pdf");
  const document = await client.documents.upload.mutate(form);
  return (await client.jobs.start.mutate({ documentId: document.id })).id;
}

/** Rows of the database as it lies on disk. */
function rows<T>(schema: z.ZodType<T>, sql: string): T[] {
  using database = new Database(join(folder, "my-ocr.db"), { readonly: true });
  return z.array(schema).parse(database.query(sql).all());
}

const pageRow = z.object({ page: z.number() });

function donePages(): number[] {
  return rows(pageRow, "SELECT page FROM job_pages WHERE state = 'done' ORDER BY page").map(
    ({ page }) => page,
  );
}

function countBy(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const attemptRow = pageRow.extend({
  state: z.string(),
  completion_chars: z.number(),
  completion_tokens: z.number(),
});

/** One row for the request, one for each attempt, nothing open, and sums that are right. */
function checkUsage(pages: number, crashes = 0): void {
  const usage = rows(z.record(z.string(), z.unknown()), "SELECT * FROM usage_events");
  const attempts = rows(attemptRow, "SELECT * FROM page_attempts");
  const sum = (key: "completion_chars" | "completion_tokens"): number =>
    attempts.reduce((total, attempt) => total + attempt[key], 0);
  expect(usage).toMatchObject([
    {
      state: "done",
      pages,
      failed_pages: 0,
      closed_at: expect.any(Number),
      completion_chars: sum("completion_chars"),
      completion_tokens: sum("completion_tokens"),
    },
  ]);
  expect(new Set(attempts.map(({ state }) => state))).not.toContain("open");
  const begun = rows(pageRow.extend({ attempts: z.number() }), "SELECT * FROM job_pages");
  const recorded = countBy(attempts.map(({ page }) => page));
  const calls = countBy(asked);
  let early = 0;
  for (const { page, attempts: count } of begun) {
    early += (recorded.get(page) ?? 0) - count;
    expect(calls.get(page) ?? 0).toBeWithin(1, count + 1);
  }
  // A server may die after the row of a page, and before the page has begun by it.
  expect(early).toBeWithin(0, crashes * CONCURRENCY + 1);
}

function filesUnder(name: string): string[] {
  const entries = readdirSync(join(folder, name), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

async function checkTexts(server: ServerProcess, id: string, pages: number): Promise<void> {
  const client = typedClient(server.url);
  expect(await client.jobs.get.query({ id })).toMatchObject({ state: "done", donePages: pages });
  for (let page = 1; page <= pages; page++) {
    expect((await client.jobs.page.query({ id, page })).text).toBe(textOf(page));
  }
}

test(
  `a job is read to its end over ${CRASHES} crashes, and no page that was stored is read again`,
  async () => {
    console.log(`seed ${SEED}`);
    const random = randomNumbers(SEED);
    answer = (page) => ({ text: textOf(page), chunkChars: 8, paceMs: 5 + ((page * 7) % 20) });
    let server = await start();
    const id = await startJob(server, PAGES);
    for (let crash = 0; crash < CRASHES; crash++) {
      await Bun.sleep(random() * LONGEST_LIFE_MS);
      server.kill("SIGKILL");
      await server.exited;
      const done = new Set(donePages());
      const before = asked.length;
      server = await start();
      expect(donePages()).toEqual(expect.arrayContaining([...done]));
      expect(asked.slice(before).filter((page) => done.has(page))).toEqual([]);
    }
    const done = new Set(donePages());
    const before = asked.length;
    await using last = server;
    await followJob(typedClient(last.url), { id }).ended;
    expect(asked.slice(before).filter((page) => done.has(page))).toEqual([]);
    await checkTexts(last, id, PAGES);
    checkUsage(PAGES, CRASHES);
    expect(filesUnder("spool")).toEqual([]);
    expect(filesUnder("blobs")).toHaveLength(1);
  },
  CRASHES * 3_000 + 60_000,
);

test("a stop lets the pages that have begun end, and the next start reads on with the others", async () => {
  const gate = Promise.withResolvers<void>();
  answer = async (page) => {
    await gate.promise;
    return { text: textOf(page) };
  };
  const first = await start({ SHUTDOWN_GRACE_S: "20" });
  const id = await startJob(first, 8);
  while (asked.length < 3) await Bun.sleep(10);
  first.kill("SIGTERM");
  while ((await fetch(`${first.url}/readyz`)).status === 200) await Bun.sleep(10);
  gate.resolve();
  expect(await first.exited).toBe(0);
  expect(donePages()).toEqual([1, 2, 3]);

  await using second = await start();
  await followJob(typedClient(second.url), { id }).ended;
  await checkTexts(second, id, 8);
  expect(asked.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  checkUsage(8);
}, 60_000);

test("pages that a stop had to cut are read anew by the next start", async () => {
  let endless = true;
  answer = (page) =>
    endless && page > 1
      ? { text: "endless ".repeat(10_000), chunkChars: 8, paceMs: 10 }
      : { text: textOf(page) };
  const first = await start({ SHUTDOWN_GRACE_S: "1" });
  const id = await startJob(first, 6);
  while (asked.length < 4) await Bun.sleep(10);
  first.kill("SIGTERM");
  expect(await first.exited).toBe(0);
  expect(donePages()).toEqual([1]);

  endless = false;
  await using second = await start();
  await followJob(typedClient(second.url), { id }).ended;
  await checkTexts(second, id, 6);
  expect(countBy(asked).get(1)).toBe(1);
}, 60_000);

test("a page that was asked for again in the server's last moment is read by the next start", async () => {
  answer = (page) => ({ text: textOf(page) });
  const first = await start();
  const id = await startJob(first, 4);
  await followJob(typedClient(first.url), { id }).ended;
  await first[Symbol.asyncDispose]();
  // What is on disk when it dies before the run has begun.
  const db = openDatabase(join(folder, "my-ocr.db"));
  await new SqliteJobStore(db).requeuePage(id, 3, {});
  db.$client.close();

  await using second = await start();
  await followJob(typedClient(second.url), { id }).ended;
  await checkTexts(second, id, 4);
  expect(asked.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 3, 4]);
  expect(rows(z.object({ pages: z.number() }), "SELECT pages FROM usage_events")).toEqual([
    { pages: 4 },
    { pages: 1 },
  ]);
}, 60_000);
