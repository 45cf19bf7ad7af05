/** Pages of a month, over HTTP: whatever reads is refused before it reads, however much comes at once. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { newBearer, refusalOf } from "./accounts.ts";
import { numberedPdf } from "./fixtures/numbered-pages.ts";
import { type TestServer, readEvents, startServer, uploadForm } from "./server.ts";
import { type TypedClient, failureOf, followJob, typedClient } from "./typed-client.ts";

const LIMIT = 10;

let engine: ScriptedEngineServer;
let server: TestServer;
let headers: { authorization: string };
let client: TypedClient;

beforeEach(async () => {
  engine = await startScriptedEngine(() => ({ text: "text" }));
  const limit = { USER_MONTHLY_PAGES: String(LIMIT) };
  server = await startServer({ AUTH_ENABLED: "true", LLM_BASE_URL: engine.url, ...limit });
  headers = await newBearer(server, "ada");
  client = typedClient(server.url, headers);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function read(pages: number, init: RequestInit = {}): Promise<Response> {
  const body = uploadForm(await numberedPdf(pages));
  return await fetch(`${server.url}/api/ocr/pdf`, { method: "POST", headers, body, ...init });
}

async function upload(pages: number): Promise<string> {
  return (await client.documents.upload.mutate(uploadForm(await numberedPdf(pages)))).id;
}

async function left(): Promise<number | null> {
  return (await client.account.me.query()).quota.remainingPages;
}

describe("the monthly pages", () => {
  test("are used up page by page; then a request is refused before it is read", async () => {
    await readEvents(await read(6));
    expect(await left()).toBe(4);
    const refused = await read(5);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refusalOf(refused)).toBe("429 quota_exceeded");
    expect(engine.calls).toHaveLength(6);
    await readEvents(await read(4));
    expect(await left()).toBe(0);
    // Nothing is left at all: not even the file is taken.
    const unsent = new ReadableStream({});
    expect(await refusalOf(await read(1, { body: unsent }))).toBe("429 quota_exceeded");
  });

  test("hold for jobs, and for pages that are read again", async () => {
    const documentId = await upload(LIMIT - 1);
    const job = await client.jobs.start.mutate({ documentId });
    await followJob(client, job).ended;
    expect(await left()).toBe(1);
    await client.jobs.retryPage.mutate({ id: job.id, page: 1 });
    await followJob(client, job).ended;
    const failure = { code: "quota_exceeded", httpStatus: 429, retryAfterS: expect.any(Number) };
    const again = client.jobs.retryPage.mutate({ id: job.id, page: 2 });
    expect(await failureOf(again)).toMatchObject(failure);
    expect(await client.jobs.get.query({ id: job.id })).toMatchObject({ state: "done" });
    const another = client.jobs.start.mutate({ documentId, pages: "1" });
    expect(await failureOf(another)).toMatchObject(failure);
    expect((await client.jobs.list.query({})).items).toHaveLength(1);
    expect(engine.calls).toHaveLength(LIMIT);
  });

  test("are not exceeded by requests and jobs that come at once", async () => {
    const documentId = await upload(3);
    const stream = async (): Promise<boolean> => {
      const response = await read(3);
      if (!response.ok) return (await refusalOf(response)) !== "429 quota_exceeded";
      await readEvents(response);
      return true;
    };
    const job = async (): Promise<boolean> => {
      const started = client.jobs.start.mutate({ documentId });
      const failure = await failureOf(started);
      if (failure) return failure.code !== "quota_exceeded";
      await followJob(client, await started).ended;
      return true;
    };
    const tries = Array.from({ length: 12 }, async (_, index) =>
      index % 2 === 0 ? await stream() : await job(),
    );
    const taken = (await Promise.all(tries)).filter(Boolean);
    expect(taken).toHaveLength(Math.floor(LIMIT / 3));
    expect(engine.calls).toHaveLength(9);
    expect(await left()).toBe(1);
  });
});
