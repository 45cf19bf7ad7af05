import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { numberedPdf, pageNumberOf } from "../../../tests/fixtures/numbered-pages.ts";
import { type TestServer, startServer } from "../../../tests/server.ts";
import type { JobEvent } from "../../shared/job-events.ts";
import { JobView } from "../../shared/job-view.ts";
import type { Job } from "../../shared/jobs.ts";
import { anonymousAccount } from "../auth/account-rows.ts";
import { Principal } from "../auth/principal.ts";
import type { ScriptedAnswer } from "../engines/scripted/answer.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../engines/scripted/server.ts";
import type { JobOptions } from "./jobs.ts";
import { isEnded } from "../../shared/job-states.ts";

let engine: ScriptedEngineServer;
let server: TestServer;
let answer: (page: number) => ScriptedAnswer;
/** Pages in the order in which the engine was asked for them. */
let asked: number[];

const never = new AbortController().signal;
const textOf = (page: number): string => `Text of page ${page}, which is somewhat longer.`;

beforeEach(async () => {
  asked = [];
  answer = (page) => ({ text: textOf(page), chunkChars: 5 });
  engine = await startScriptedEngine(async ({ image }) => {
    const page = await pageNumberOf(image);
    asked.push(page);
    return answer(page);
  });
  server = await startServer({
    LLM_BASE_URL: engine.url,
    LLM_TIMEOUT_S: "2",
    LLM_MAX_RETRIES: "0",
    OCR_PAGE_CONCURRENCY: "3",
  });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const principalNamed = (name: string): Principal =>
  Principal.of(anonymousAccount(server.services.db, name), { kind: "anonymous" });
const principal = () => principalNamed("anonymous");
const usage = () => server.services.ledger.list(principal().userId, 100);

async function addDocument(pages: number): Promise<string> {
  const { library, spoolDirectory } = server.services;
  const path = join(spoolDirectory, crypto.randomUUID());
  writeFileSync(path, await numberedPdf(pages));
  const source = { path, type: "pdf" as const };
  const { userId } = principal();
  const name = "numbered.pdf";
  return (await library.add({ userId, name, source, bytes: 1, pages })).id;
}

async function start(pages: number, options: JobOptions = {}): Promise<Job> {
  return await server.services.jobs.start(principal(), await addDocument(pages), options);
}

/** What somebody sees who follows the job until its end, or until `enough`. */
async function follow(
  jobId: string,
  enough: (event: JobEvent, view: JobView) => unknown = () => false,
): Promise<JobView> {
  const view = new JobView();
  for await (const { events } of server.services.jobs.events(
    principal(),
    jobId,
    undefined,
    never,
  )) {
    for (const event of events) {
      view.apply(event);
      if (enough(event, view)) return view;
    }
  }
  return view;
}

const texts = (view: JobView): (string | undefined)[] =>
  Array.from(view.pages.values())
    .toSorted((a, b) => a.page - b.page)
    .map((page) => page.text);
const expected = (pages: number): string[] =>
  Array.from({ length: pages }, (_, index) => textOf(index + 1));

describe("a job", () => {
  test("reads every page, tells about it live, and keeps what was read", async () => {
    const job = await start(7);
    const view = await follow(job.id);
    expect(view.state).toBe("done");
    expect(texts(view)).toEqual(expected(7));
    const { jobs } = server.services;
    expect(await jobs.get(principal(), job.id)).toMatchObject({ state: "done", donePages: 7 });
    expect(await jobs.version(principal(), job.id, 3)).toMatchObject({ text: textOf(3) });
    expect(usage()).toMatchObject([
      { state: "done", pages: 7, completionChars: expected(7).join("").length },
    ]);
    // Whoever comes when all is over sees the same.
    expect(texts(await follow(job.id))).toEqual(expected(7));
  });

  test("reads only the pages that were chosen, with the prompt that was", async () => {
    const job = await start(9, { pages: "8-,2", prompt: "Say it." });
    await follow(job.id);
    expect(asked.toSorted((a, b) => a - b)).toEqual([2, 8, 9]);
    expect(engine.calls[0]?.prompt).toBe("Say it.");
  });

  test("goes on where a page fails, and says which and why", async () => {
    answer = (page) => ({
      text: textOf(page),
      ...(page === 2 && { fault: { kind: "status" as const, status: 500 } }),
    });
    const view = await follow((await start(3)).id);
    expect(view.state).toBe("partial");
    expect(view.pages.get(2)).toMatchObject({ state: "failed", error: { code: "engine_failed" } });
    expect(view.pages.get(3)?.text).toBe(textOf(3));
    expect(usage()).toMatchObject([{ state: "partial", failedPages: 1 }]);
  });

  test("is cancelled at once: what was read stays, the rest is not asked for", async () => {
    answer = (page) => ({ text: textOf(page), chunkChars: 1, paceMs: page === 1 ? 0 : 20 });
    const job = await start(30);
    await follow(job.id, (event) => event.type === "page" && event.state === "done");
    await server.services.jobs.cancel(principal(), job.id);
    const view = await follow(job.id);
    expect(view.state).toBe("cancelled");
    expect(view.pages.get(1)?.text).toBe(textOf(1));
    const states = new Set(Array.from(view.pages.values(), (page) => page.state));
    expect(states).toEqual(new Set(["done", "cancelled"]));
    expect(asked.length).toBeLessThan(10);
    expect(usage()).toMatchObject([{ state: "cancelled" }]);
  });

  test("is paused after the pages that have begun, and resumed without reading one twice", async () => {
    answer = (page) => ({ text: textOf(page), chunkChars: 4, paceMs: 2 });
    const job = await start(12);
    const watching = follow(job.id);
    await follow(job.id, (event) => event.type === "page" && event.state === "done");
    await server.services.jobs.pause(principal(), job.id);
    await follow(job.id, (_, view) => view.state === "paused");
    const before = asked.length;
    expect(before).toBeLessThan(12);
    await server.services.jobs.resume(principal(), job.id);
    // Who followed all along has not lost sight of it.
    expect(texts(await watching)).toEqual(expected(12));
    expect(asked.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(usage()).toMatchObject([{ state: "done", pages: 12 }]);
  });

  test("that is paused can be cancelled, and its usage is closed", async () => {
    answer = (page) => ({ text: textOf(page), chunkChars: 4, paceMs: 2 });
    const job = await start(12);
    await follow(job.id, (event) => event.type === "page" && event.state === "done");
    await server.services.jobs.pause(principal(), job.id);
    await follow(job.id, (_, view) => view.state === "paused");
    const watching = follow(job.id);
    await server.services.jobs.cancel(principal(), job.id);
    expect((await watching).state).toBe("cancelled");
    expect(usage()).toMatchObject([{ state: "cancelled" }]);
  });
});

describe("a page", () => {
  test("is read again with another prompt; its earlier text stays as a version", async () => {
    const job = await start(2);
    await follow(job.id);
    answer = () => ({ text: "another text" });
    const { jobs } = server.services;
    await jobs.retryPage(principal(), job.id, 2, { prompt: "Again.", longestSide: 700 });
    const view = await follow(job.id);
    expect(view.pages.get(2)).toMatchObject({ text: "another text", version: 2 });
    expect(engine.calls.at(-1)?.prompt).toBe("Again.");
    const versions = await jobs.versions(principal(), job.id, 2);
    expect(versions.map(({ text }) => text)).toEqual(["another text", textOf(2)]);
    expect(usage()).toMatchObject([{ pages: 1 }, { pages: 2 }]);
    expect((await jobs.get(principal(), job.id)).state).toBe("done");
  });

  test("that failed is read again while the others still are", async () => {
    let failing = true;
    answer = (page) => ({
      text: textOf(page),
      chunkChars: 3,
      paceMs: 3,
      ...(page === 1 && failing && { fault: { kind: "status" as const, status: 500 } }),
    });
    const job = await start(8);
    const watching = follow(job.id);
    await follow(job.id, (event) => event.type === "page" && event.state === "failed");
    failing = false;
    await server.services.jobs.retryPage(principal(), job.id, 1, {});
    const view = await watching;
    expect(view.state).toBe("done");
    expect(texts(view)).toEqual(expected(8));
    expect(asked.filter((page) => page === 1)).toHaveLength(2);
  });

  test("keeps its text where the second reading fails, and says why it failed", async () => {
    const job = await start(2);
    await follow(job.id);
    answer = () => ({ text: "x", fault: { kind: "status" as const, status: 500 } });
    await server.services.jobs.retryPage(principal(), job.id, 2, {});
    const view = await follow(job.id);
    expect(view.pages.get(2)).toMatchObject({
      state: "done",
      text: textOf(2),
      error: { code: "engine_failed" },
    });
    expect(view.state).toBe("done");
  });

  test("is edited, and the edit undone", async () => {
    const job = await start(1);
    await follow(job.id);
    const { jobs } = server.services;
    expect(await jobs.editPage(principal(), job.id, 1, "By hand.")).toMatchObject({ version: 2 });
    expect((await follow(job.id)).pages.get(1)?.text).toBe("By hand.");
    await jobs.restoreVersion(principal(), job.id, 1, 1);
    expect((await follow(job.id)).pages.get(1)?.text).toBe(textOf(1));
  });
});

describe("a document", () => {
  test("is removed with its file and texts, also while it is read; what was used stays", async () => {
    answer = (page) => ({ text: textOf(page), chunkChars: 1, paceMs: 5 });
    const job = await start(20);
    await follow(job.id, (event) => event.type === "delta");
    const { jobs } = server.services;
    await jobs.removeDocument(principal(), job.documentId);
    expect(await jobs.get(principal(), job.id).catch((error: unknown) => error)).toMatchObject({
      code: "job_not_found",
    });
    const blobs = join(server.services.config.DATA_DIR, "blobs");
    expect(
      readdirSync(blobs, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      ),
    ).toEqual([]);
    expect(usage()).toMatchObject([{ state: "cancelled" }]);
    expect(existsSync(blobs)).toBe(true);
  });

  test("is only its owner's: for others neither it nor its jobs exist", async () => {
    const job = await start(2);
    await follow(job.id);
    const { jobs, library } = server.services;
    const stranger = principalNamed("stranger");
    const attempts: (() => unknown)[] = [
      () => library.get(stranger.userId, job.documentId),
      () => library.rename(stranger.userId, job.documentId, "x"),
      () => jobs.start(stranger, job.documentId, {}),
      () => jobs.get(stranger, job.id),
      () => jobs.pages(stranger, job.id),
      () => jobs.events(stranger, job.id, undefined, never).next(),
      () => jobs.cancel(stranger, job.id),
      () => jobs.pause(stranger, job.id),
      () => jobs.resume(stranger, job.id),
      () => jobs.retryPage(stranger, job.id, 1, {}),
      () => jobs.editPage(stranger, job.id, 1, "x"),
      () => jobs.restoreVersion(stranger, job.id, 1, 1),
      () => jobs.version(stranger, job.id, 1),
      () => jobs.versions(stranger, job.id, 1),
      () => jobs.removeDocument(stranger, job.documentId),
    ];
    for (const attempt of attempts) {
      const error = await (async () => await attempt())().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ status: 404 });
    }
    expect(await jobs.list(stranger, {}, { limit: 10 })).toEqual([]);
    expect((await follow(job.id)).state).toBe("done");
  });
});

test("of a slow reader nothing is kept but its place", async () => {
  answer = (page) => ({ text: textOf(page).repeat(200), chunkChars: 20 });
  const job = await start(6);
  const events = server.services.jobs.events(principal(), job.id, undefined, never);
  const view = new JobView();
  const first = await events.next();
  for (const event of first.value?.events ?? []) view.apply(event);
  // It sleeps until all is over, then reads on.
  await follow(job.id);
  for await (const { events: batch } of events) for (const event of batch) view.apply(event);
  expect(isEnded(view.state)).toBe(true);
  expect(texts(view)).toEqual(expected(6).map((text) => text.repeat(200)));
});
