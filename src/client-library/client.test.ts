import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { newBearer } from "../../tests/accounts.ts";
import { numberedPdf, pageNumberOf } from "../../tests/fixtures/numbered-pages.ts";
import { temporaryFolder } from "../../tests/fixtures/temporary-folder.ts";
import { type TestServer, startServer, startServerProcess } from "../../tests/server.ts";
import type { ScriptedAnswer } from "../server/engines/scripted/answer.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../server/engines/scripted/server.ts";
import { exportFormats, isExportFormat } from "../server/exports/formats.ts";
import {
  type MyOcrClient,
  type ExportFormat,
  type OcrRunEvent,
  MyOcrError,
  createClient,
} from "./client.ts";
import type { FetchLike } from "./connection.ts";

/** A type error where the library does not know one of them. */
const exportFormatNames: ExportFormat[] = Object.keys(exportFormats).filter(isExportFormat);
const textOf = (page: number): string => `Text of page ${page}, 南丰, grüße.`;
const wholeText = (...pages: number[]): string => pages.map(textOf).join("\n\n");

let answer: (page: number) => ScriptedAnswer | Promise<ScriptedAnswer>;
let engine: ScriptedEngineServer;
let server: TestServer;
let client: MyOcrClient;

beforeEach(async () => {
  answer = (page) => ({ text: textOf(page), chunkChars: 3 });
  engine = await startScriptedEngine(async ({ image }) => await answer(await pageNumberOf(image)));
  server = await startServer({ LLM_BASE_URL: engine.url, LLM_MAX_RETRIES: "0" });
  client = createClient({ url: `${server.url}/` });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function pdf(pages: number, name = "scan.pdf"): Promise<File> {
  return new File([new Uint8Array(await numberedPdf(pages))], name);
}

async function failureOf(promise: Promise<unknown>): Promise<MyOcrError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof MyOcrError) return error;
  throw new Error("no MyOcrError", { cause: error });
}

/** The texts as somebody puts them together who looks at nothing but page_start and delta. */
function pieced(events: readonly OcrRunEvent[]): Map<number, string> {
  const texts = new Map<number, string>();
  for (const event of events) {
    if (event.type === "page_start") texts.set(event.page, "");
    if (event.type === "delta") {
      texts.set(event.page, (texts.get(event.page) ?? "") + event.delta);
    }
  }
  return texts;
}

/** Nothing of the second page comes before the promise. */
function holdPage(page: number): { release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const usual = answer;
  answer = async (number) => {
    if (number === page) await promise;
    return await usual(number);
  };
  return { release: resolve };
}

describe("a file that is read", () => {
  test("tells all that happens, in the order in which it does", async () => {
    const run = client.ocr(await pdf(2));
    const events = await Array.fromAsync(run);
    expect(events[0]).toMatchObject({ type: "document", name: "scan.pdf", pages: 2 });
    expect(events.at(-1)).toEqual({
      type: "done",
      state: "done",
      documentId: await run.documentId,
      jobId: await run.jobId,
      pages: 2,
      donePages: 2,
      failedPages: 0,
    });
    expect(pieced(events)).toEqual(new Map([1, 2].map((page) => [page, textOf(page)])));
    for (const page of [1, 2]) {
      const types = events.filter((event) => "page" in event && event.page === page);
      expect(types[0]).toEqual({ type: "page_start", page });
      expect(types.slice(1, -1).every(({ type }) => type === "delta")).toBe(true);
      expect(types.at(-1)).toEqual({ type: "page_end", page, text: textOf(page) });
    }
  });

  test("gives its text, its pages, and its events again to whoever comes later", async () => {
    const run = client.ocr(await pdf(3), { pages: "2-3", name: "Brief.pdf" });
    expect(await run.text()).toBe(wholeText(2, 3));
    expect(await run.pages()).toEqual([
      { page: 2, state: "done", text: textOf(2) },
      { page: 3, state: "done", text: textOf(3) },
    ]);
    const [first, second] = [await Array.fromAsync(run), await Array.fromAsync(run)];
    expect(first).toEqual(second);
    expect(await client.api.documents.list.query({})).toMatchObject({
      items: [{ name: "Brief.pdf", job: { id: await run.jobId, state: "done" } }],
    });
  });

  test("leaves as a file, in every format that the server has", async () => {
    const run = client.ocr(await pdf(2));
    const [documentId, jobId] = [await run.documentId, await run.jobId];
    await run.text();
    for (const format of exportFormatNames) {
      const file = await client.export(documentId, format, { jobId });
      expect(await file.text()).toContain(textOf(2));
    }
    expect(await failureOf(client.export("nothing", "md"))).toMatchObject({
      code: "document_not_found",
      status: 404,
    });
  });

  test.each([
    ["bytes", (bytes: Uint8Array) => bytes],
    ["a blob", (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)])],
    ["a stream", (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]).stream()],
    ["a generator", (bytes: Uint8Array) => halves(bytes)],
  ])("may come as %s", async (_what, toFile) => {
    const run = client.ocr(toFile(await numberedPdf(1)), { prompt: "Read." });
    expect(await run.text()).toBe(textOf(1));
    expect(engine.calls.map(({ prompt }) => prompt)).toEqual(["Read."]);
  });

  async function* halves(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 100);
    yield bytes.subarray(100);
  }

  test("has its text and pages also of a server that keeps nothing", async () => {
    const env = { LLM_BASE_URL: engine.url, RETENTION_DAYS: "0" };
    await using forgetful = await startServer(env);
    const run = createClient({ url: forgetful.url }).ocr(await pdf(2));
    expect(await run.text()).toBe(wholeText(1, 2));
    expect(await run.pages()).toEqual([
      { page: 1, state: "done", text: textOf(1) },
      { page: 2, state: "done", text: textOf(2) },
    ]);
  });

  test("keeps its other pages where one fails, and says why that one did", async () => {
    answer = (page) => ({
      text: textOf(page),
      ...(page === 2 && { fault: { kind: "status", status: 500 } }),
    });
    const run = client.ocr(await pdf(3));
    expect(await run.text()).toBe(wholeText(1, 3));
    const events = await Array.fromAsync(run);
    expect(events.at(-1)).toMatchObject({ type: "done", state: "partial", failedPages: 1 });
    expect(events).toContainEqual(
      expect.objectContaining({ type: "page_error", page: 2, code: "engine_failed" }),
    );
    expect((await run.pages())[1]).toMatchObject({
      page: 2,
      state: "failed",
      text: "",
      error: { code: "engine_failed" },
    });
  });

  test("has no text where every page failed", async () => {
    answer = () => ({ text: "", fault: { kind: "status", status: 500 } });
    const run = client.ocr(await pdf(1));
    expect(await failureOf(run.text())).toMatchObject({ code: "nothing_read" });
    expect(await Array.fromAsync(run)).toContainEqual(
      expect.objectContaining({ type: "done", state: "failed" }),
    );
  });
});

describe("a reading that is stopped", () => {
  test("keeps what it has, and tells that it was cancelled", async () => {
    const held = holdPage(2);
    const run = client.ocr(await pdf(2));
    for await (const event of run) if (event.type === "page_end") await run.cancel();
    held.release();
    expect(await run.pages()).toMatchObject([
      { page: 1, state: "done", text: textOf(1) },
      { page: 2, state: "cancelled", text: "" },
    ]);
    expect(await failureOf(run.text())).toMatchObject({ code: "cancelled" });
  });

  test("by a signal ends at once, and its job with it", async () => {
    const held = holdPage(2);
    const controller = new AbortController();
    const run = client.ocr(await pdf(2), { signal: controller.signal });
    const loop = (async () => {
      for await (const event of run) if (event.type === "page_end") controller.abort("enough");
    })();
    expect(await failureOf(loop)).toMatchObject({ code: "cancelled", cause: "enough" });
    // Resolves when the server knows.
    await run.cancel();
    const job = await client.api.jobs.get.query({ id: await run.jobId });
    expect(job).toMatchObject({ state: "cancelled", donePages: 1 });
    held.release();
  });

  test("before it began sends nothing", async () => {
    const run = client.ocr(await pdf(1), { signal: AbortSignal.abort() });
    expect(await failureOf(run.documentId)).toMatchObject({ code: "cancelled" });
    expect((await client.api.documents.list.query({})).items).toEqual([]);
  });

  test("goes on where a loop is merely left", async () => {
    const run = client.ocr(await pdf(2));
    for await (const event of run) if (event.type === "page_start") break;
    expect(await run.text()).toBe(wholeText(1, 2));
  });
});

describe("what goes wrong", () => {
  test("with the file is a MyOcrError with the server's code and words", async () => {
    const run = client.ocr(new TextEncoder().encode("just text"));
    const error = await failureOf(Array.fromAsync(run));
    expect(error).toMatchObject({ code: "file_unsupported", status: 415 });
    expect(error.message).toContain("This kind of file cannot be read");
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await failureOf(run.text())).toBe(error);
  });

  test("with the options, too", async () => {
    const outside = client.ocr(await pdf(2), { pages: "7" });
    expect(await failureOf(outside.pages())).toMatchObject({ code: "pages_out_of_range" });
    const unknown = client.ocr(await pdf(2), { engine: "abacus" });
    expect(await failureOf(unknown.jobId)).toMatchObject({ code: "engine_unknown", status: 422 });
  });

  test("is told to nobody who does not ask", async () => {
    const run = client.ocr(new Uint8Array());
    await failureOf(run.documentId);
    // An unhandled rejection would fail the test.
    await Bun.sleep(0);
  });

  test("is server_unreachable where nobody listens", async () => {
    const nobody = createClient({ url: "http://127.0.0.1:9", retryForMs: 0 });
    const error = await failureOf(nobody.ocr(await pdf(1)).text());
    expect(error).toMatchObject({ code: "server_unreachable", status: undefined });
  });

  test("is response_invalid where something else answers", async () => {
    using other = Bun.serve({ port: 0, fetch: () => new Response("<html>Hello</html>") });
    const lost = createClient({ url: other.url.href, retryForMs: 0 });
    expect(await failureOf(lost.ocr(await pdf(1)).text())).toMatchObject({
      code: "response_invalid",
    });
  });
});

describe("a token", () => {
  test("is sent with everything, and a wrong one is refused", async () => {
    await using closed = await startServer({ LLM_BASE_URL: engine.url, AUTH_ENABLED: "true" });
    const { authorization } = await newBearer(closed, "ada");
    const token = authorization.replace("Bearer ", "");
    const ada = createClient({ url: closed.url, token });
    expect(await ada.ocr(await pdf(1)).text()).toBe(textOf(1));
    const nobody = createClient({ url: closed.url, token: "wrong" });
    const failed = failureOf(nobody.ocr(await pdf(1)).text());
    expect(await failed).toMatchObject({ code: "credentials_invalid", status: 401 });
  });
});

describe("a connection that breaks", () => {
  /** Cuts each stream after its first bytes, as often as told. */
  function cutting(times: number): { fetch: FetchLike; cuts: () => number } {
    let cuts = 0;
    const cuttingFetch: FetchLike = async (input, init) => {
      const response = await fetch(input, init);
      const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
      if (isStream !== true || !response.body || cuts === times) return response;
      cuts++;
      const body = response.body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            const text = new TextDecoder().decode(chunk);
            controller.enqueue(chunk);
            if (text.includes("delta")) controller.error(new Error("cut"));
          },
        }),
      );
      return new Response(body, { headers: response.headers });
    };
    return { fetch: cuttingFetch, cuts: () => cuts };
  }

  test("is made again, and nothing is lost or doubled", async () => {
    answer = (page) => ({ text: textOf(page).repeat(20), chunkChars: 5, paceMs: 2 });
    const { fetch, cuts } = cutting(3);
    const run = createClient({ url: server.url, fetch }).ocr(await pdf(2));
    const events = await Array.fromAsync(run);
    expect(cuts()).toBe(3);
    expect(pieced(events)).toEqual(new Map([1, 2].map((page) => [page, textOf(page).repeat(20)])));
    expect(events.filter(({ type }) => type === "page_end")).toHaveLength(2);
    expect(events.filter(({ type }) => type === "page_start")).toHaveLength(2);
  });

  test("because the server died is made again with the next one", async () => {
    using folder = temporaryFolder();
    const env = { LLM_BASE_URL: engine.url };
    const held = holdPage(2);
    const first = await startServerProcess(folder.path, env);
    const run = createClient({ url: first.url }).ocr(await pdf(2));
    const events: OcrRunEvent[] = [];
    const loop = (async () => {
      for await (const event of run) {
        events.push(event);
        if (event.type === "page_end" && event.page === 1) first.kill("SIGKILL");
      }
    })();
    await first.exited;
    held.release();
    await using _second = await startServerProcess(folder.path, {
      ...env,
      PORT: new URL(first.url).port,
    });
    await loop;
    expect(await run.text()).toBe(wholeText(1, 2));
    expect(pieced(events)).toEqual(new Map([1, 2].map((page) => [page, textOf(page)])));
    expect(events.at(-1)).toMatchObject({ type: "done", state: "done", donePages: 2 });
  });

  test("because a proxy has nobody behind it is made again", async () => {
    const answers = [502, 503, 504].map(
      (status) => new Response("<h1>Bad gateway</h1>", { status }),
    );
    const proxied: FetchLike = async (input, init) => {
      // The upload is not sent twice: it may have arrived.
      const away = init?.body instanceof FormData ? undefined : answers.pop();
      return away ?? (await fetch(input, init));
    };
    const run = createClient({ url: server.url, fetch: proxied }).ocr(await pdf(1));
    expect(await run.text()).toBe(textOf(1));
    expect(answers).toEqual([]);
    const id = await run.documentId;
    expect((await client.api.jobs.list.query({ documentId: id })).items).toHaveLength(1);
  });

  test("for good ends the run when the time to wait is over", async () => {
    const held = holdPage(1);
    const { fetch } = cutting(0);
    let isGone = false;
    const leaving: FetchLike = async (input, init) => {
      if (isGone) throw new TypeError("connection refused");
      return await fetch(input, init);
    };
    const run = createClient({ url: server.url, fetch: leaving, retryForMs: 300 }).ocr(
      await pdf(1),
    );
    await run.jobId;
    isGone = true;
    server.services.lifecycle.cancelAll();
    expect(await failureOf(run.text())).toMatchObject({ code: "server_unreachable" });
    held.release();
  });
});
