/** Many pages of one person never starve the one of another. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { newBearer } from "./accounts.ts";
import { numberedPdf } from "./fixtures/numbered-pages.ts";
import { type TestServer, readEvents, startServer, uploadForm } from "./server.ts";
import { type TypedClient, followJob, typedClient } from "./typed-client.ts";

const MANY_PAGES = 300;
const PAGE_MS = 600;
const MOST_RATIO = 1.5;
/** Whatever else the machine does can only make it slower: the best of three counts. */
const OPTIONS = { timeout: 60_000, retry: 2 };

let engine: ScriptedEngineServer;
let server: TestServer;
let many: { authorization: string };
let one: { authorization: string };

beforeAll(async () => {
  engine = await startScriptedEngine(() => ({ text: "text", firstDelayMs: PAGE_MS }));
  const env = { LLM_BASE_URL: engine.url, OCR_PAGE_CONCURRENCY: "4", AUTH_ENABLED: "true" };
  server = await startServer(env);
  many = await newBearer(server, "many");
  one = await newBearer(server, "one");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function startJob(client: TypedClient, pages: number): Promise<string> {
  const form = uploadForm(await numberedPdf(pages), {}, "numbered.pdf");
  const document = await client.documents.upload.mutate(form);
  return (await client.jobs.start.mutate({ documentId: document.id })).id;
}

/** Milliseconds that the one page takes as a job, from its start to its end. */
async function onePageAsJob(): Promise<number> {
  const client = typedClient(server.url, one);
  const document = await client.documents.upload.mutate(uploadForm(await numberedPdf(1)));
  const start = performance.now();
  const { id } = await client.jobs.start.mutate({ documentId: document.id });
  await followJob(client, { id }).ended;
  return performance.now() - start;
}

/** The same by the NDJSON route. */
async function onePageAsStream(): Promise<number> {
  const body = uploadForm(await numberedPdf(1));
  const start = performance.now();
  const response = await fetch(`${server.url}/api/ocr/pdf`, { method: "POST", headers: one, body });
  await readEvents(response);
  return performance.now() - start;
}

test.each([
  ["a job", onePageAsJob],
  ["a stream", onePageAsStream],
])(
  `one page as %s waits no longer for ${MANY_PAGES} pages of somebody else's than half of its own time`,
  async (_name, readOne) => {
    const alone = await readOne();
    const client = typedClient(server.url, many);
    const id = await startJob(client, MANY_PAGES);
    // Until the engine has all that it takes.
    const { limiter } = server.services.engines.default;
    while (limiter.active < 4) await Bun.sleep(10);
    const beside = await readOne();
    const job = await client.jobs.get.query({ id });
    await client.jobs.cancel.mutate({ id });
    expect(job.state).toBe("running");
    expect(beside / alone).toBeLessThanOrEqual(MOST_RATIO);
  },
  OPTIONS,
);
