import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { multiPageTiff, textImage } from "../../../tests/fixtures/images.ts";
import { numberedPdf, pageNumberOf } from "../../../tests/fixtures/numbered-pages.ts";
import { encryptedPdf, textPdf } from "../../../tests/fixtures/pdf.ts";
import {
  type TestServer,
  checkStream,
  eventsOf,
  readEvents,
  startServer,
  textsOf,
  uploadForm,
} from "../../../tests/server.ts";
import { problemSchema } from "../../shared/api-errors.ts";
import type { OcrEvent } from "../../shared/ocr-events.ts";
import type { Fault, ScriptedAnswer } from "../engines/scripted/answer.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../engines/scripted/server.ts";

let engine: ScriptedEngineServer;
let server: TestServer;
/** What the engine answers for a page. */
let answer: (page: number) => ScriptedAnswer;

beforeEach(async () => {
  answer = (page) => ({ text: `Text of page ${page}.`, chunkChars: 4 });
  engine = await startScriptedEngine(async ({ image }) => answer(await pageNumberOf(image)));
  server = await startServer(engineEnv(), { heartbeatMs: 60 });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

function engineEnv(): Record<string, string> {
  return { LLM_BASE_URL: engine.url, LLM_TIMEOUT_S: "1", LLM_MAX_RETRIES: "0" };
}

async function post(
  kind: "image" | "pdf",
  file: Uint8Array,
  fields: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  const init = { method: "POST", body: uploadForm(file, fields), ...(signal && { signal }) };
  return await fetch(`${server.url}/api/ocr/${kind}`, init);
}

async function usageRows(): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${server.url}/api/users/me/usage`);
  return await response.json();
}

const without = (events: OcrEvent[], ...types: string[]): OcrEvent[] =>
  events.filter((event) => !types.includes(event.type));

describe("POST /api/ocr/image", () => {
  test("streams the frames of the contract", async () => {
    answer = () => ({ text: "Hi 😀 there", chunkChars: 6, paceMs: 30 });
    const image = await textImage(["Hello"], "png");
    const response = await post("image", image, { prompt: "Read 😀" });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    const events = without(await readEvents(response), "ping");
    expect(events.map((event) => event.type)).toEqual(["start", "delta", "delta", "end"]);
    expect(events[0]).toMatchObject({ type: "start", kind: "image" });
    expect(events[0]).not.toHaveProperty("pages");
    expect(textsOf(events).get(0)).toBe("Hi 😀 there");
    expect(events.at(-1)).toMatchObject({
      type: "end",
      finish_reason: "stop",
      source: "engine",
      // Code points: the emoji counts one, in the prompt and in the text.
      usage: {
        prompt_tokens: 10,
        completion_tokens: 3,
        prompt_chars: 6,
        completion_chars: 10,
        input_bytes: image.length,
      },
    });
    expect(engine.calls[0]?.prompt).toBe("Read 😀");
  });

  test.each(["", "   \n "])("a prompt of %j falls back to LLM_PROMPT", async (prompt) => {
    await readEvents(await post("image", await textImage(["x"], "jpeg"), { prompt }));
    expect(engine.calls[0]?.prompt).toBe("Free OCR, output markdown.");
  });

  test("a failing engine ends the stream in an error, and the row tells", async () => {
    answer = () => ({ text: "some text", chunkChars: 4, fault: { kind: "cut", afterChunks: 1 } });
    const events = await readEvents(await post("image", await textImage(["x"], "png")));
    checkStream(events);
    expect(events.at(-1)).toMatchObject({ type: "error", code: "engine_failed" });
    expect(await usageRows()).toMatchObject([
      { kind: "image", state: "failed", failed_pages: 1, completion_chars: 4, meta: null },
    ]);
  });

  test("the pages of a TIFF follow each other in one text", async () => {
    let calls = 0;
    // The first page takes longest, and still comes first.
    answer = () => ({ text: `page ${++calls}`, firstDelayMs: calls === 1 ? 150 : 0 });
    const tiff = multiPageTiff([["One"], ["Two"], ["Three"]]);
    const events = await readEvents(await post("image", tiff));
    checkStream(events);
    expect(events[0]).toMatchObject({ kind: "image", pages: 3 });
    const order = without(events, "ping").map((event) =>
      "page" in event ? `${event.type} ${event.page}` : event.type,
    );
    expect(order.filter((name) => name.startsWith("page"))).toEqual(
      [1, 2, 3].flatMap((page) => [`page_start ${page}`, `page_end ${page}`]),
    );
    expect(textsOf(events).get(0)?.split("\n\n")).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ type: "end", usage: { pages: 3 } });
  });

  test("a blank page is answered without asking the engine", async () => {
    const events = await readEvents(await post("image", textPdf([[]])));
    expect(without(events, "start", "ping")).toMatchObject([
      { type: "end", source: "blank", usage: { prompt_tokens: 0, completion_tokens: 0 } },
    ]);
    expect(engine.calls).toHaveLength(0);
  });
});

describe("POST /api/ocr/pdf", () => {
  test("streams every page with its own text, and counts the prompt once a page", async () => {
    const events = await readEvents(await post("pdf", await numberedPdf(5), { prompt: "abc" }));
    checkStream(events);
    expect(events[0]).toMatchObject({ type: "start", kind: "pdf", pages: 5 });
    const texts = textsOf(events);
    for (let page = 1; page <= 5; page++) expect(texts.get(page)).toBe(`Text of page ${page}.`);
    expect(events.filter((event) => event.type === "page_end")).toHaveLength(5);
    const end = events.at(-1);
    expect(end).toMatchObject({ type: "end", usage: { pages: 5, prompt_chars: 15 } });
    expect(end).not.toHaveProperty("failed_pages");
    const [row] = await usageRows();
    expect(row).toMatchObject({
      kind: "pdf",
      meta: "pages=5",
      state: "done",
      prompt_tokens: 50,
      prompt_chars: 15,
      completion_chars: 5 * "Text of page 1.".length,
      estimated: false,
    });
    expect(row?.["created_at"]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test("tokens that the engine does not count are estimated, and marked", async () => {
    answer = () => ({ text: "123456789", usage: null });
    const events = await readEvents(await post("pdf", await numberedPdf(1), { prompt: "12345" }));
    expect(events.find((event) => event.type === "page_end")).toMatchObject({
      estimated: true,
      usage: { prompt_tokens: 2, completion_tokens: 3, completion_chars: 9 },
    });
    expect(await usageRows()).toMatchObject([{ estimated: true, completion_tokens: 3 }]);
  });

  test("reads only the selected pages, under their own numbers", async () => {
    const events = await readEvents(await post("pdf", await numberedPdf(9), { pages: "8-,2" }));
    checkStream(events);
    expect(events[0]).toMatchObject({ pages: 3, document_pages: 9 });
    expect([...textsOf(events).entries()].toSorted(([a], [b]) => a - b)).toEqual([
      [2, "Text of page 2."],
      [8, "Text of page 8."],
      [9, "Text of page 9."],
    ]);
  });

  test("an encrypted file opens with its password", async () => {
    const file = encryptedPdf([["Secret"]], "päss");
    const events = await readEvents(await post("pdf", file, { password: "päss" }));
    expect(events.at(-1)?.type).toBe("end");
  });

  test("of 24 pages those that fail fail alone, whatever the fault", async () => {
    const faults: Fault[] = [
      { kind: "status", status: 500 },
      { kind: "status", status: 400, message: "bad" },
      { kind: "status", status: 429 },
      { kind: "reset" },
      { kind: "html" },
      { kind: "cut", afterChunks: 1 },
      { kind: "early-end", afterChunks: 1 },
      { kind: "silence", afterChunks: 0 },
      { kind: "silence", afterChunks: 2 },
      { kind: "malformed", afterChunks: 1 },
      { kind: "error-object", afterChunks: 1, message: "no" },
    ];
    // Every second page from the second on has a fault.
    const faultOf = (page: number): Fault | undefined =>
      page % 2 === 0 ? faults[page / 2 - 1] : undefined;
    answer = (page) => {
      const fault = faultOf(page);
      return { text: `Text of page ${page}.`, chunkChars: 4, paceMs: 2, ...(fault && { fault }) };
    };
    const events = await readEvents(await post("pdf", await numberedPdf(24)));
    checkStream(events);
    const failing = Array.from({ length: 24 }, (_, index) => index + 1).filter(faultOf);
    expect(failing).toHaveLength(faults.length);
    const end = events.at(-1);
    expect(end).toMatchObject({ type: "end", failed_pages: failing });
    const errors = events.filter((event) => event.type === "page_error");
    expect(errors.map((event) => event.page).toSorted((a, b) => a - b)).toEqual(failing);
    for (const error of errors) expect(error.detail).toMatch(/\w/);
    const texts = textsOf(events);
    for (let page = 1; page <= 24; page++) {
      if (!faultOf(page)) expect(texts.get(page)).toBe(`Text of page ${page}.`);
    }
    expect(await usageRows()).toMatchObject([
      { state: "partial", failed_pages: failing.length, pages: 24 },
    ]);
  }, 20_000);

  test("an engine that says nothing fails its page by the time-out, with pings until then", async () => {
    answer = () => ({ text: "x", fault: { kind: "silence", afterChunks: 0 } });
    const events = await readEvents(await post("pdf", await numberedPdf(1)));
    checkStream(events);
    expect(events.filter((event) => event.type === "ping").length).toBeGreaterThan(5);
    expect(without(events, "ping", "start", "page_start")).toMatchObject([
      { type: "page_error", code: "engine_timeout" },
      { type: "end", failed_pages: [1] },
    ]);
  });

  test("no more pages are with the engine than allowed, the earliest first", async () => {
    await server[Symbol.asyncDispose]();
    server = await startServer({ ...engineEnv(), OCR_PAGE_CONCURRENCY: "3" });
    let active = 0;
    let most = 0;
    answer = (page) => {
      most = Math.max(most, ++active);
      return { text: `${page}`, firstDelayMs: 30 };
    };
    const response = await post("pdf", await numberedPdf(9));
    const started: number[] = [];
    for await (const event of eventsOf(response)) {
      if (event.type === "page_start") started.push(event.page);
      if (event.type === "page_end") active--;
    }
    expect(most).toBeLessThanOrEqual(3);
    expect(started).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe("errors before the stream", () => {
  const text = new TextEncoder();
  test.each<
    [string, () => Uint8Array | Promise<Uint8Array>, Record<string, string>, number, string]
  >([
    ["an empty file", () => new Uint8Array(0), {}, 400, "file_empty"],
    ["a text", () => text.encode("just text"), {}, 415, "file_unsupported"],
    ["a cut PDF", () => text.encode("%PDF-1.7\n%%EOF"), {}, 400, "file_damaged"],
    [
      "a cut image",
      async () => (await textImage(["x"], "png")).slice(0, 40),
      {},
      400,
      "file_damaged",
    ],
    ["a PDF without pages", () => textPdf([]), {}, 400, "no_pages"],
    ["an encrypted PDF", () => encryptedPdf([["x"]], "secret"), {}, 400, "password_needed"],
    [
      "a wrong password",
      () => encryptedPdf([["x"]], "secret"),
      { password: "no" },
      400,
      "password_wrong",
    ],
    ["pages that are none", () => textPdf([["x"]]), { pages: "a-b" }, 422, "pages_invalid"],
    ["a page that is not there", () => textPdf([["x"]]), { pages: "2" }, 422, "pages_out_of_range"],
    [
      "a prompt of a book",
      () => textPdf([["x"]]),
      { prompt: "p".repeat(20_000) },
      422,
      "prompt_too_long",
    ],
  ])("%s: a problem that says what to do", async (_name, file, fields, status, code) => {
    const response = await post("pdf", await file(), fields);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = problemSchema.parse(await response.json());
    expect(problem).toMatchObject({ code, status });
    expect(problem.detail).toMatch(/\.$/);
    expect(problem.request_id).toBe(response.headers.get("x-request-id") ?? "");
    expect(await usageRows()).toEqual([]);
    expect(engine.calls).toHaveLength(0);
  });

  test("limits of pages and pixels are settings", async () => {
    await server[Symbol.asyncDispose]();
    server = await startServer({ ...engineEnv(), MAX_PAGES: "2", MAX_MEGAPIXELS: "1" });
    const pages = textPdf([["1"], ["2"], ["3"]]);
    expect(await (await post("pdf", pages)).json()).toMatchObject({ code: "too_many_pages" });
    // A selection within the limit is read all the same.
    expect((await post("pdf", pages, { pages: "2-3" })).status).toBe(200);
    const lines = Array.from({ length: 30 }, (_, index) => `Line ${index}`);
    const image = await textImage(lines, "png");
    expect(await (await post("image", image)).json()).toMatchObject({ code: "too_many_pixels" });
  });

  test("an unknown address is a problem, too", async () => {
    const response = await fetch(`${server.url}/api/nothing`);
    expect(response.status).toBe(404);
    expect(problemSchema.parse(await response.json()).code).toBe("not_found");
  });
});

describe("callers that go away", () => {
  test("200 disconnects at random moments: 200 cancels at the engine, 200 closed rows", async () => {
    await server[Symbol.asyncDispose]();
    server = await startServer({ ...engineEnv(), OCR_PAGE_CONCURRENCY: "32", LLM_TIMEOUT_S: "30" });
    answer = () => ({ text: "endless ".repeat(2_000), chunkChars: 8, paceMs: 3 });
    const image = await textImage(["x"], "jpeg");
    let sawText = 0;
    const disconnectOne = async (n: number): Promise<void> => {
      const caller = new AbortController();
      const response = await post("image", image, {}, caller.signal);
      // Some leave at the start, some after the first text, some later.
      const leaveAfter = n % 3 === 0 ? 1 : 1 + Math.ceil(Math.random() * 60);
      let seen = 0;
      try {
        for await (const event of eventsOf(response)) {
          if (event.type === "ping") continue;
          if (++seen === 2) sawText++;
          if (seen >= leaveAfter) caller.abort();
        }
      } catch {
        // The abort.
      }
    };
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(Array.from({ length: 20 }, async (_, n) => await disconnectOne(n)));
    }
    await waitFor(() => server.services.lifecycle.activeStreams === 0);
    await Promise.all(engine.calls.map(async (call) => await call.finished));
    const rows = await usageRows();
    expect(rows).toHaveLength(200);
    expect(new Set(rows.map((row) => row["request_id"])).size).toBe(200);
    expect(rows.every((row) => row["state"] === "cancelled")).toBe(true);
    // Who left before the engine was asked has nothing to cancel there; who left in that very
    // moment is charged for the prompt, whether or not the question still reached the engine.
    const asked = rows.filter((row) => row["prompt_tokens"] !== 0).length;
    expect(new Set(engine.calls.map((call) => call.outcome))).toEqual(new Set(["cancelled"]));
    expect(sawText).toBeGreaterThanOrEqual(130);
    expect(engine.calls.length).toBeGreaterThanOrEqual(sawText);
    expect(engine.calls.length).toBeLessThanOrEqual(asked);
    expect(server.services.engines.default.limiter).toMatchObject({ active: 0, waiting: 0 });
  }, 60_000);

  test("what was used until then is recorded", async () => {
    answer = () => ({ text: "abcd".repeat(500), chunkChars: 4, paceMs: 5, usage: null });
    const caller = new AbortController();
    let chars = 0;
    try {
      const response = await post("image", await textImage(["x"], "jpeg"), {}, caller.signal);
      for await (const event of eventsOf(response)) {
        if (event.type === "delta") chars += event.delta.length;
        if (chars >= 40) caller.abort();
      }
    } catch {
      // The abort.
    }
    await waitFor(() => server.services.lifecycle.activeStreams === 0);
    const [row] = await usageRows();
    expect(row).toMatchObject({ state: "cancelled", estimated: true });
    expect(Number(row?.["completion_chars"])).toBeGreaterThanOrEqual(40);
    expect(Number(row?.["completion_tokens"])).toBe(Number(row?.["completion_chars"]) / 4);
  });
});

/** Polls a condition that has no event; fails after five seconds. */
async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("waited for too long");
    await Bun.sleep(5);
  }
}
