/**
 * Everything that people can do with a job, at random and at the same time, while it runs: the order
 * is drawn from a seed that is printed. `ACTIONS=5000 STORM_SEED=7 bun test tests/job-storm.test.ts`
 * does more, in another order.
 */
import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { JobView } from "../src/shared/job-view.ts";
import { numberedPdf, pageNumberOf } from "./fixtures/numbered-pages.ts";
import { randomNumbers } from "./fixtures/random.ts";
import { type TestServer, startServer, uploadForm } from "./server.ts";
import { type TypedClient, followJob, typedClient } from "./typed-client.ts";
import { isEnded } from "../src/shared/job-states.ts";

const ACTIONS = Number(process.env["ACTIONS"] || 400);
const SEED = Number(process.env["STORM_SEED"] || 1);
const PAGES = 8;
/** Jobs that are there at the same time. */
const JOBS = 3;
/** What people may be told: the action came at the wrong moment. */
const REFUSALS = new Set([
  "job_state_conflict",
  "job_not_found",
  "document_not_found",
  "page_version_not_found",
]);

let engine: ScriptedEngineServer;
let server: TestServer;
let client: TypedClient;
let random: () => number;
/** What went wrong outside of any call. */
let unhandled: unknown[];

const note = (error: unknown): void => void unhandled.push(error);
const below = (most: number): number => Math.floor(random() * most);

beforeEach(async () => {
  console.log(`seed ${SEED}`);
  random = randomNumbers(SEED);
  unhandled = [];
  process.on("unhandledRejection", note);
  engine = await startScriptedEngine(async ({ image, index }) => ({
    text: `Text ${index} of page ${await pageNumberOf(image)}. `.repeat(3),
    chunkChars: 6,
    paceMs: index % 4,
    ...(index % 11 === 0 && { fault: { kind: "status", status: 500 } }),
    ...(index % 13 === 0 && { fault: { kind: "cut", afterChunks: 2 } }),
  }));
  server = await startServer({
    LLM_BASE_URL: engine.url,
    LLM_MAX_RETRIES: "0",
    OCR_PAGE_CONCURRENCY: "3",
  });
  client = typedClient(server.url);
});
afterEach(async () => {
  process.off("unhandledRejection", note);
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function newDocument(): Promise<string> {
  const form = uploadForm(await numberedPdf(PAGES), {}, "numbered.pdf");
  return (await client.documents.upload.mutate(form)).id;
}

interface Subject {
  documentId: string;
  id: string;
}

async function newSubject(): Promise<Subject> {
  const documentId = await newDocument();
  return { documentId, id: (await client.jobs.start.mutate({ documentId })).id };
}

/** One action at random; the rarest makes the job another one. */
async function act(subject: Subject): Promise<void> {
  const { id, documentId } = subject;
  const page = 1 + below(PAGES);
  const { jobs } = client;
  const kind = below(100);
  if (kind < 20) await jobs.pause.mutate({ id });
  else if (kind < 45) await jobs.resume.mutate({ id });
  else if (kind < 70) await jobs.retryPage.mutate({ id, page });
  else if (kind < 80) await jobs.editPage.mutate({ id, page, text: `By hand ${below(1000)}.` });
  else if (kind < 87) await jobs.restoreVersion.mutate({ id, page, version: 1 + below(3) });
  else if (kind < 94) subject.id = (await jobs.start.mutate({ documentId })).id;
  else if (kind < 98) await jobs.cancel.mutate({ id });
  else {
    // Somebody may act on it until it is gone.
    await client.documents.remove.mutate({ id: documentId });
    Object.assign(subject, await newSubject());
  }
}

function codeOf(error: unknown): unknown {
  const data = error instanceof Error && "data" in error ? error.data : undefined;
  return typeof data === "object" && data !== null && "code" in data ? data.code : error;
}

/** The storm, and the answers that it got which nobody should get. */
async function storm(subjects: readonly Subject[]): Promise<unknown[]> {
  const wrong: unknown[] = [];
  const calls: Promise<void>[] = [];
  for (let n = 0; n < ACTIONS; n++) {
    const subject = subjects[below(subjects.length)];
    if (!subject) break;
    const call = act(subject).catch((error: unknown) => {
      if (!REFUSALS.has(String(codeOf(error)))) wrong.push(error);
    });
    calls.push(call);
    // Half of them come together with the next.
    if (random() < 0.5) await Bun.sleep(below(20));
  }
  await Promise.all(calls);
  return wrong;
}

/** Lets everything that waits go on, until nothing runs. */
async function settle(): Promise<void> {
  const { items } = await client.jobs.list.query({ limit: 100 });
  for (const { id } of items) {
    await client.jobs.resume.mutate({ id }).catch(() => {});
    await followJob(client, { id }).ended;
  }
  while (server.services.runner.active > 0) await Bun.sleep(5);
}

/** What somebody sees who comes now. */
async function viewOf(id: string): Promise<JobView> {
  const view = new JobView();
  await followJob(client, { id }, (event) => view.apply(event)).ended;
  return view;
}

async function expectSound(id: string): Promise<void> {
  const job = await client.jobs.get.query({ id });
  expect(isEnded(job.state)).toBe(true);
  const pages = await client.jobs.pages.query({ id });
  const view = await viewOf(id);
  expect(view.state).toBe(job.state);
  for (const { page, state, version } of pages) {
    expect(["done", "failed", "cancelled"]).toContain(state);
    const text = version > 0 ? (await client.jobs.page.query({ id, page })).text : "";
    expect(view.pages.get(page)).toMatchObject({ state, version, text });
    // One reading, not two that were mixed.
    expect(text).toMatch(/^(?:By hand \d+\.|(Text \d+ of page \d+\. )\1\1|)$/);
  }
}

test(`${ACTIONS} actions at random leave nothing that is stuck, open or mixed up`, async () => {
  const subjects: Subject[] = [];
  for (let n = 0; n < JOBS; n++) subjects.push(await newSubject());
  const watched = new Map<string, JobView>();
  const watching = subjects.map(async ({ id }) => {
    const view = new JobView();
    watched.set(id, view);
    await followJob(client, { id }, (event) => view.apply(event)).ended.catch(() => {});
  });
  expect(await storm(subjects)).toEqual([]);
  await settle();
  await Promise.all(watching);
  const { items } = await client.jobs.list.query({ limit: 100 });
  for (const { id } of items) await expectSound(id);
  expect(unhandled).toEqual([]);
  const { db, engines, lifecycle } = server.services;
  const count = (sql: string): unknown => db.$client.query(`SELECT count(*) AS n ${sql}`).get();
  expect(count("FROM usage_events WHERE state = 'open'")).toEqual({ n: 0 });
  expect(count("FROM page_attempts WHERE state = 'open'")).toEqual({ n: 0 });
  expect(count("FROM jobs WHERE usage_id IS NOT NULL")).toEqual({ n: 0 });
  const { active, waiting } = engines.default.limiter;
  expect({ active, waiting }).toEqual({ active: 0, waiting: 0 });
  while ([...lifecycle.streams()].length > 0) await Bun.sleep(5);
}, 120_000);
