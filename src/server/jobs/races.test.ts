/** Changes of a job at the moments when they meet. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
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

let engine: ScriptedEngineServer;
let server: TestServer;
let answer: (page: number, prompt: string) => ScriptedAnswer | Promise<ScriptedAnswer>;
let asked: number[];
let principal: Principal;

const never = new AbortController().signal;
const textOf = (page: number): string => `Text of page ${page}.`;
const CONFLICT = { code: "job_state_conflict" };

beforeEach(async () => {
  asked = [];
  answer = (page) => ({ text: textOf(page), chunkChars: 4 });
  engine = await startScriptedEngine(async ({ image, prompt }) => {
    const page = await pageNumberOf(image);
    asked.push(page);
    return await answer(page, prompt);
  });
  server = await startServer({ LLM_BASE_URL: engine.url, OCR_PAGE_CONCURRENCY: "2" });
  principal = Principal.of(anonymousAccount(server.services.db, "anonymous"), {
    kind: "anonymous",
  });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function start(pages: number): Promise<Job> {
  const { library, spoolDirectory, jobs } = server.services;
  const path = join(spoolDirectory, crypto.randomUUID());
  writeFileSync(path, await numberedPdf(pages));
  const source = { path, type: "pdf" as const };
  const { userId } = principal;
  const document = await library.add({ userId, name: "numbered.pdf", source, bytes: 1, pages });
  return await jobs.start(principal, document.id, {});
}

async function follow(
  { id }: Job,
  enough: (event: JobEvent, view: JobView) => boolean = () => false,
): Promise<JobView> {
  const view = new JobView();
  for await (const { events } of server.services.jobs.events(principal, id, undefined, never)) {
    for (const event of events) {
      view.apply(event);
      if (enough(event, view)) return view;
    }
  }
  return view;
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const hasBegun = (page: number) => (event: JobEvent) =>
  event.type === "delta" && event.page === page;

describe("pages of an ended job that are read again", () => {
  test("all at once are read once more each", async () => {
    const job = await start(6);
    await follow(job);
    const { jobs } = server.services;
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map((page) => jobs.retryPage(principal, job.id, page, {})),
    );
    const view = await follow(job);
    expect(view.state).toBe("done");
    expect([...view.pages.values()].map(({ text, version }) => `${version} ${text}`)).toEqual(
      [1, 2, 3, 4, 5, 6].map((page) => `2 ${textOf(page)}`),
    );
    expect(asked).toHaveLength(12);
    const rows = server.services.ledger.list(principal.userId, 10);
    expect(rows.reduce((sum, row) => sum + row.pages, 0)).toBe(12);
  });

  test("twice at the same time are read once, and the second one is told so", async () => {
    const job = await start(1);
    await follow(job);
    const { jobs } = server.services;
    const [first, second] = [0, 1].map(() => failure(jobs.retryPage(principal, job.id, 1, {})));
    expect(await first).toBeUndefined();
    expect(await second).toMatchObject(CONFLICT);
    expect((await follow(job)).pages.get(1)).toMatchObject({ text: textOf(1), version: 2 });
    expect(asked).toEqual([1, 1]);
  });

  test("count the characters of their own prompt", async () => {
    const isAskedAgain = Promise.withResolvers<void>();
    answer = async (page) => {
      if (page === 2) await isAskedAgain.promise;
      return { text: textOf(page) };
    };
    const job = await start(2);
    await follow(job, (event) => event.type === "page" && event.state === "done");
    const [row] = server.services.db.$client.query("SELECT prompt_chars FROM usage_events").all();
    await server.services.jobs.retryPage(principal, job.id, 1, { prompt: "𝒜𝒷𝒸" });
    isAskedAgain.resolve();
    await follow(job);
    const [used] = server.services.ledger.list(principal.userId, 1);
    expect(row).toEqual({ prompt_chars: (used?.promptChars ?? 0) - 3 });
  });

  test("keep their texts for those who look on when that is cancelled", async () => {
    const job = await start(2);
    await follow(job);
    answer = () => ({ text: "another text ".repeat(1000), chunkChars: 8, paceMs: 5 });
    const { jobs } = server.services;
    await jobs.retryPage(principal, job.id, 2, {});
    const watching = follow(job);
    await follow(job, hasBegun(2));
    await jobs.cancel(principal, job.id);
    const view = await watching;
    expect(view.pages.get(2)).toMatchObject({ state: "done", version: 1, text: textOf(2) });
    expect(view.state).toBe("done");
  });
});

describe("a job that is paused", () => {
  test("while its last pages wait for their turn at the engine is not done without them", async () => {
    const gate = Promise.withResolvers<void>();
    answer = async (page) => {
      await gate.promise;
      return { text: textOf(page) };
    };
    const busy = await start(2);
    while (asked.length < 2) await Bun.sleep(5);
    const job = await start(2);
    while (server.services.engines.default.limiter.waiting < 2) await Bun.sleep(5);
    await server.services.jobs.pause(principal, job.id);
    expect((await follow(job, (_, view) => view.state === "paused")).state).toBe("paused");
    gate.resolve();
    await follow(busy);
    await server.services.jobs.resume(principal, job.id);
    const view = await follow(job);
    expect([...view.pages.values()].map(({ text }) => text)).toEqual([textOf(1), textOf(2)]);
  });

  test("goes on at once where it is resumed before its pages have ended", async () => {
    const gate = Promise.withResolvers<void>();
    answer = async (page) => {
      if (page === 1) await gate.promise;
      return { text: textOf(page), chunkChars: 2, paceMs: 2 };
    };
    const job = await start(6);
    const { jobs } = server.services;
    await follow(job, hasBegun(2));
    await jobs.pause(principal, job.id);
    await jobs.resume(principal, job.id);
    await follow(job, (_, view) => view.pages.get(6)?.state === "done");
    gate.resolve();
    expect((await follow(job)).state).toBe("done");
    expect(asked.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("reads no page again before it is resumed", async () => {
    answer = (page) => ({ text: textOf(page), chunkChars: 1, paceMs: 5 });
    const job = await start(8);
    const { jobs } = server.services;
    await follow(job, (event) => event.type === "page" && event.state === "done");
    await jobs.pause(principal, job.id);
    expect(await failure(jobs.retryPage(principal, job.id, 1, {}))).toMatchObject(CONFLICT);
    await follow(job, (_, view) => view.state === "paused");
    expect(await failure(jobs.retryPage(principal, job.id, 1, {}))).toMatchObject(CONFLICT);
    expect((await jobs.get(principal, job.id)).state).toBe("paused");
  });
});

test("who follows a paused job is told of its end when its document is removed", async () => {
  answer = (page) => ({ text: textOf(page), chunkChars: 1, paceMs: 5 });
  const job = await start(8);
  const { jobs } = server.services;
  await follow(job, (event) => event.type === "delta");
  await jobs.pause(principal, job.id);
  const watching = follow(job);
  await follow(job, (_, view) => view.state === "paused");
  await jobs.removeDocument(principal, job.documentId);
  expect((await watching).state).toBe("cancelled");
});

test("a job that is cancelled while a page of it is asked for again stays so", async () => {
  answer = (page) => ({ text: textOf(page), chunkChars: 1, ...(page > 1 && { paceMs: 20 }) });
  const job = await start(8);
  const { jobs } = server.services;
  await follow(job, (event) => event.type === "page" && event.state === "done");
  await Promise.all([
    jobs.cancel(principal, job.id),
    failure(jobs.retryPage(principal, job.id, 1, {})),
    failure(jobs.resume(principal, job.id)),
  ]);
  const view = await follow(job);
  expect(view.state).toBe("cancelled");
  expect(view.pages.get(1)?.text).toBe(textOf(1));
});

test("a page of a cancelled job can be read alone, and the job stays cancelled", async () => {
  answer = (page) => ({ text: textOf(page), chunkChars: 1, paceMs: 5 });
  const job = await start(5);
  const { jobs } = server.services;
  await follow(job, (event) => event.type === "delta");
  await jobs.cancel(principal, job.id);
  await jobs.retryPage(principal, job.id, 5, {});
  const view = await follow(job);
  expect(view.pages.get(5)).toMatchObject({ state: "done", text: textOf(5) });
  expect(view.state).toBe("cancelled");
});

describe("a server that died", () => {
  async function recover(...changes: string[]): Promise<void> {
    for (const change of changes) server.services.db.$client.run(change);
    server.services.ledger.closeInterrupted();
    await server.services.runner.recover();
  }
  const usage = () => server.services.ledger.list(principal.userId, 10);

  test("after the end of a job's usage, before that of the job, has it ended at the next start", async () => {
    const job = await start(2);
    await follow(job);
    await recover("UPDATE jobs SET state = 'running', usage_id = 1, ended_at = NULL");
    expect((await follow(job)).state).toBe("done");
    expect(usage()).toMatchObject([{ state: "done", pages: 2 }]);
    expect(asked).toHaveLength(2);
  });

  test("before it was noted whose usage a row is finds the row again", async () => {
    const job = await start(2);
    await follow(job);
    await recover(
      "UPDATE jobs SET state = 'queued', usage_id = NULL, ended_at = NULL",
      "UPDATE usage_events SET state = 'open', closed_at = NULL",
      "UPDATE job_pages SET state = 'pending'",
    );
    expect((await follow(job)).state).toBe("done");
    expect(usage()).toMatchObject([{ state: "done", pages: 2 }]);
  });

  test("after the pages of a job were cancelled, before it was, leaves it cancelled", async () => {
    answer = (page) => ({ text: textOf(page), chunkChars: 1, paceMs: 5 });
    const job = await start(5);
    await follow(job, (event) => event.type === "delta");
    await server.services.jobs.cancel(principal, job.id);
    await recover("UPDATE jobs SET state = 'running', usage_id = 1, ended_at = NULL");
    expect((await follow(job)).state).toBe("cancelled");
    expect(usage()).toMatchObject([{ state: "cancelled" }]);
  });
});
