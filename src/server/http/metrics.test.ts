import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { textImage } from "../../../tests/fixtures/images.ts";
import { numberedPdf, pageNumberOf } from "../../../tests/fixtures/numbered-pages.ts";
import { parseScrape, seriesOf } from "../../../tests/fixtures/scrape.ts";
import {
  type TestServer,
  eventsOf,
  readEvents,
  startServer,
  uploadForm,
} from "../../../tests/server.ts";
import { followJob, typedClient } from "../../../tests/typed-client.ts";
import { problemSchema } from "../../shared/api-errors.ts";
import type { ScriptedAnswer } from "../engines/scripted/answer.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../engines/scripted/server.ts";

let engine: ScriptedEngineServer;
let server: TestServer;
let answer: (page: number) => ScriptedAnswer;

beforeEach(async () => {
  answer = (page) => ({ text: `Page ${page}.` });
  engine = await startScriptedEngine(async ({ image }) => answer(await pageNumberOf(image)));
  server = await startServer(engineEnv());
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const engineEnv = (): Record<string, string> => ({
  LLM_BASE_URL: engine.url,
  LLM_TIMEOUT_S: "1",
  LLM_MAX_RETRIES: "0",
  // A raster of its own, which is measured.
  RASTER_PROCESSES: "2",
});

async function post(kind: "image" | "pdf", file: Uint8Array, signal?: AbortSignal) {
  const init = { method: "POST", body: uploadForm(file), ...(signal && { signal }) };
  return await fetch(`${server.url}/api/ocr/${kind}`, init);
}

async function scrape(): Promise<Map<string, number>> {
  const response = await fetch(`${server.url}/metrics`);
  expect(response.status).toBe(200);
  return parseScrape(await response.text());
}

/** Waits for what the server counts only after the caller has its answer. */
async function scrapeUntil(series: string, value: number): Promise<Map<string, number>> {
  for (;;) {
    const values = await scrape();
    if (values.get(series) === value) return values;
    await Bun.sleep(5);
  }
}

function expectValues(values: ReadonlyMap<string, number>, expected: Record<string, number>): void {
  const found = Object.keys(expected).map((series) => [series, values.get(series)]);
  expect(Object.fromEntries(found)).toEqual(expected);
}

test.each(["/metrics", "/api/metrics"])("GET %s is Prometheus' text format", async (path) => {
  const response = await fetch(server.url + path);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await response.text()).toContain("\n# TYPE http_requests_total counter\n");
});

test("requests, pages, tokens and failures are counted", async () => {
  answer = (page) =>
    page === 2
      ? { text: "", fault: { kind: "status", status: 400 } }
      : { text: "eight ch", usage: { prompt_tokens: 5, completion_tokens: 2 } };
  const pdf = await numberedPdf(3);
  await readEvents(await post("pdf", pdf));
  await (await post("image", new TextEncoder().encode("no image at all"))).text();
  const values = await scrapeUntil(
    'http_requests_total{method="POST",path="/api/ocr/image",status="415"}',
    1,
  );
  const row = server.services.ledger.list(1, 1)[0];
  if (!row) throw new Error("the request was not recorded");
  expectValues(values, {
    'http_requests_total{method="POST",path="/api/ocr/pdf",status="200"}': 1,
    pdf_requests_total: 1,
    // What was refused is no request for an image.
    image_requests_total: 0,
    'uploads_refused_total{code="file_unsupported"}': 1,
    'ocr_input_bytes_total{kind="pdf"}': pdf.length,
    'ocr_streams_ended_total{kind="pdf",state="partial"}': 1,
    'pages_total{result="ok"}': 2,
    'pages_total{result="engine_rejected"}': 1,
    'engine_first_delta_seconds_count{engine="openai-compatible"}': 2,
    'engine_page_seconds_count{engine="openai-compatible"}': 3,
    'raster_seconds_count{task="page"}': 3,
    'raster_seconds_count{task="open"}': 1,
    'limiter_wait_seconds_count{engine="openai-compatible"}': 3,
    'database_seconds_count{operation="page_close"}': 3,
    prompt_tokens_total: row.promptTokens,
    completion_tokens_total: row.completionTokens,
    tokens_total: row.promptTokens + row.completionTokens,
    users_total: 1,
  });
  expect(values.get('child_process_memory_bytes{pool="raster"}')).toBeGreaterThan(1e6);
});

test("a stream is in flight until it ends, also where its reader leaves", async () => {
  answer = () => ({ text: "abcdefgh", chunkChars: 4, fault: { kind: "silence", afterChunks: 1 } });
  const leaving = new AbortController();
  const events = eventsOf(await post("image", await textImage(["Hello"], "png"), leaving.signal));
  while ((await events.next()).value?.type !== "delta");
  const running = await scrape();
  expectValues(running, {
    http_in_flight_requests: 1,
    'ocr_in_progress{kind="image"}': 1,
    'pages_in_progress{engine="openai-compatible"}': 1,
  });
  const counted = 'http_requests_total{method="POST",path="/api/ocr/image",status="200"}';
  expect(running.has(counted)).toBe(false);
  leaving.abort();
  await events.return(undefined).catch(() => {});
  expectValues(await scrapeUntil("http_in_flight_requests", 0), {
    [counted]: 1,
    'ocr_in_progress{kind="image"}': 0,
    'pages_in_progress{engine="openai-compatible"}': 0,
    'ocr_streams_ended_total{kind="image",state="cancelled"}': 1,
    'pages_total{result="cancelled"}': 1,
  });
});

test("a job is counted until it ends, and who follows it is in flight for so long", async () => {
  answer = () => ({ text: "abcdefgh", chunkChars: 4, fault: { kind: "silence", afterChunks: 1 } });
  const client = typedClient(server.url);
  const document = await client.documents.upload.mutate(uploadForm(await numberedPdf(2)));
  const { id } = await client.jobs.start.mutate({ documentId: document.id });
  const begun = Promise.withResolvers<void>();
  const followed = followJob(client, { id }, ({ type }) => {
    if (type === "delta") begun.resolve();
  });
  await begun.promise;
  const running = { 'ocr_in_progress{kind="pdf"}': 1, pdf_requests_total: 1 };
  expectValues(await scrapeUntil("http_in_flight_requests", 1), running);
  // The job goes on without anybody.
  followed.stop();
  expectValues(await scrapeUntil("http_in_flight_requests", 0), running);
  await client.jobs.cancel.mutate({ id });
  await server.services.runner.untilOver(id);
  const values = await scrape();
  expectValues(values, {
    'ocr_in_progress{kind="pdf"}': 0,
    'ocr_streams_ended_total{kind="pdf",state="cancelled"}': 1,
    'rpc_calls_total{procedure="jobs.cancel",result="ok"}': 1,
    'rpc_call_seconds_count{procedure="jobs.start"}': 1,
  });
  expect(values.get('http_requests_total{method="GET",path="/api/trpc/*",status="200"}')).toBe(1);
});

test("hostile addresses and methods make no new series", async () => {
  const probe = async (n: number): Promise<void> => {
    const paths = [`/${n}`, `/api/ocr/pdf/${n}`, `/%ff${n}`, `/assets/${n}.js`, `/metrics?n=${n}`];
    const methods = ["GET", "PUT", "PURGE", "PROPFIND"];
    for (const path of paths) {
      for (const method of methods) await (await fetch(server.url + path, { method })).text();
    }
  };
  await probe(0);
  const name = "http_requests_total";
  await scrapeUntil("http_in_flight_requests", 0);
  const before = seriesOf(await scrape(), name);
  for (let n = 1; n < 5; n++) await probe(n);
  const unmatched = `${name}{method="GET",path="unmatched",status="404"}`;
  expect(seriesOf(await scrapeUntil(unmatched, 20), name)).toEqual(before);
});

test("calls that fail, and files that are refused by them, are counted by their code", async () => {
  const client = typedClient(server.url);
  const text = uploadForm(new TextEncoder().encode("just text"));
  await client.documents.upload.mutate(text).catch(() => {});
  await (await fetch(`${server.url}/api/trpc/no.such`)).text();
  const values = await scrape();
  expect(seriesOf(values, "rpc_calls_total")).toEqual([
    'rpc_calls_total{procedure="documents.upload",result="file_unsupported"}',
  ]);
  expectValues(values, { 'uploads_refused_total{code="file_unsupported"}': 1 });
});

test("refused log-ins are counted by their reason", async () => {
  const body = new URLSearchParams({ username: "nobody", password: "wrong password" });
  const response = await fetch(`${server.url}/api/auth/token`, { method: "POST", body });
  expect(response.status).toBe(401);
  expect((await scrape()).get('logins_refused_total{reason="login_failed"}')).toBe(1);
});

describe("with METRICS_TOKEN", () => {
  const token = "correct-horse-battery";

  test.each(["/metrics", "/api/metrics"])("GET %s wants it", async (path) => {
    await using guarded = await startServer({ ...engineEnv(), METRICS_TOKEN: token });
    const get = async (authorization?: string) =>
      await fetch(
        guarded.url + path,
        authorization === undefined ? {} : { headers: { authorization } },
      );
    for (const wrong of [undefined, "", "Bearer", `Bearer ${token}x`, `Basic ${token}`, token]) {
      const response = await get(wrong);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(problemSchema.parse(await response.json()).code).toBe("credentials_invalid");
    }
    expect((await get(`Bearer ${token}`)).status).toBe(200);
  });
});
