import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { numberedPdf } from "../../../tests/fixtures/numbered-pages.ts";
import { type TestServer, startServer } from "../../../tests/server.ts";
import { anonymousAccount } from "../auth/account-rows.ts";
import { Principal } from "../auth/principal.ts";
import type { ScriptedAnswer } from "../engines/scripted/answer.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../engines/scripted/server.ts";
import { Retention } from "./retention.ts";

const DAY_MS = 86_400_000;
const never = new AbortController().signal;

let engine: ScriptedEngineServer;
let server: TestServer;
let answer: ScriptedAnswer;

beforeEach(async () => {
  answer = { text: "kept for a while" };
  engine = await startScriptedEngine(() => answer);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function start(days: number): Promise<void> {
  server = await startServer({ LLM_BASE_URL: engine.url, RETENTION_DAYS: String(days) });
}

const principal = (): Principal =>
  Principal.of(anonymousAccount(server.services.db, "anonymous"), { kind: "anonymous" });

async function addDocument(): Promise<string> {
  const { library, spoolDirectory } = server.services;
  const path = join(spoolDirectory, crypto.randomUUID());
  writeFileSync(path, await numberedPdf(1));
  const source = { path, type: "pdf" as const };
  const { userId } = principal();
  const document = await library.add({ userId, name: "x.pdf", source, bytes: 1, pages: 1 });
  return document.id;
}

async function read(documentId: string): Promise<void> {
  const { jobs } = server.services;
  const { id } = await jobs.start(principal(), documentId, {});
  for await (const _ of jobs.events(principal(), id, undefined, never));
}

/** As the server has it, with its own clock. */
function retention(days: number): Retention {
  const { jobs, library, logger } = server.services;
  return new Retention({ jobs, library, days, fetchMs: 50, logger });
}

async function isThere(documentId: string): Promise<boolean> {
  const { library } = server.services;
  try {
    await using opened = await library.open(documentId);
    return existsSync(opened.source.path);
  } catch {
    return false;
  }
}

describe("documents", () => {
  test("go with their files and texts when their days are over, and their usage stays", async () => {
    await start(30);
    const document = await addDocument();
    await read(document);
    await using sweeper = retention(30);
    expect(await sweeper.sweep(Date.now() + 29 * DAY_MS)).toBe(0);
    expect(await isThere(document)).toBe(true);
    expect(await sweeper.sweep(Date.now() + 31 * DAY_MS)).toBe(1);
    expect(await isThere(document)).toBe(false);
    const { ledger, jobs } = server.services;
    expect(await jobs.list(principal(), {}, { limit: 10 })).toEqual([]);
    expect(ledger.list(principal().userId, 10)).toHaveLength(1);
  });

  test("that are still being read stay until they have been", async () => {
    await start(30);
    answer = { text: "slow ".repeat(2_000), chunkChars: 5, paceMs: 5 };
    const document = await addDocument();
    const { jobs } = server.services;
    const { id } = await jobs.start(principal(), document, {});
    await using sweeper = retention(30);
    expect(await sweeper.sweep(Date.now() + 31 * DAY_MS)).toBe(0);
    await jobs.cancel(principal(), id);
    expect(await sweeper.sweep(Date.now() + 31 * DAY_MS)).toBe(1);
  });

  test("that are read again or removed while others go do not hold a sweep up", async () => {
    await start(30);
    answer = { text: "slow ".repeat(2_000), chunkChars: 5, paceMs: 5 };
    const [first, again, removed, last] = [
      await addDocument(),
      await addDocument(),
      await addDocument(),
      await addDocument(),
    ];
    const { jobs } = server.services;
    await using sweeper = retention(30);
    const sweeping = sweeper.sweep(Date.now() + 31 * DAY_MS);
    // Which are too old has been asked already.
    const { id } = await jobs.start(principal(), again, {});
    await jobs.removeDocument(principal(), removed);
    expect(await sweeping).toBe(2);
    expect(await Promise.all([first, again, removed, last].map(isThere))).toEqual([
      false,
      true,
      false,
      false,
    ]);
    await jobs.cancel(principal(), id);
  });

  test("are not kept at all where the days are none, once their text can have been fetched", async () => {
    await start(0);
    const document = await addDocument();
    await read(document);
    // Whoever was cut off for a moment still finds it.
    expect(await isThere(document)).toBe(true);
    await using sweeper = retention(0);
    sweeper.onJobEnded(document);
    while (await isThere(document)) await Bun.sleep(10);
    expect(server.services.ledger.list(principal().userId, 10)).toHaveLength(1);
  });
});
