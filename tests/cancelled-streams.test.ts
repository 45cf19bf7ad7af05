/** Streams that the server itself ends: whatever was begun is closed, and what was used is on record. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import type { OcrEvent, Usage } from "../src/shared/ocr-events.ts";
import { anonymousAccount } from "../src/server/auth/account-rows.ts";
import type { ScriptedAnswer } from "../src/server/engines/scripted/answer.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { multiPageTiff, textImage } from "./fixtures/images.ts";
import { numberedPdf } from "./fixtures/numbered-pages.ts";
import { type StallingReader, postAndStall } from "./fixtures/stalling-reader.ts";
import {
  type TestServer,
  checkStream,
  eventsOf,
  parseEvents,
  startServer,
  uploadForm,
} from "./server.ts";

/** Never at its end within a test. */
const endless: ScriptedAnswer = { text: "endless ".repeat(5_000), chunkChars: 8, paceMs: 5 };

let engine: ScriptedEngineServer;
let server: TestServer;
let answer: (index: number) => ScriptedAnswer;

beforeEach(async () => {
  answer = () => endless;
  engine = await startScriptedEngine(({ index }) => answer(index));
  server = await startServer({ LLM_BASE_URL: engine.url, OCR_PAGE_CONCURRENCY: "3" });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

/** Reads a stream, and does something after its third delta. */
async function readWith(
  kind: "image" | "pdf",
  file: Uint8Array,
  afterThirdDelta: () => void,
): Promise<OcrEvent[]> {
  const init = { method: "POST", body: uploadForm(file) };
  const events: OcrEvent[] = [];
  let deltas = 0;
  for await (const event of eventsOf(await fetch(`${server.url}/api/ocr/${kind}`, init))) {
    events.push(event);
    if (event.type.endsWith("delta") && ++deltas === 3) afterThirdDelta();
  }
  return events;
}

const ofType = <T extends OcrEvent["type"]>(
  events: OcrEvent[],
  type: T,
): Extract<OcrEvent, { type: T }>[] =>
  events.filter((event): event is Extract<OcrEvent, { type: T }> => event.type === type);

function charsOf(events: OcrEvent[]): number {
  return events.reduce((sum, event) => sum + ("delta" in event ? event.delta.length : 0), 0);
}

function rows() {
  const { db, ledger } = server.services;
  return ledger.list(anonymousAccount(db, "anonymous").id, 10);
}

/** What the pages' last events say they used. */
function sumOfPages(events: OcrEvent[]): Pick<Usage, "prompt_tokens" | "completion_chars"> {
  const sum = { prompt_tokens: 0, completion_chars: 0 };
  for (const event of [...ofType(events, "page_end"), ...ofType(events, "page_error")]) {
    sum.prompt_tokens += event.usage.prompt_tokens;
    sum.completion_chars += event.usage.completion_chars;
  }
  return sum;
}

describe("a stream that is cancelled because the server stops", () => {
  test("closes each page that runs, tells what it used, and starts no other", async () => {
    const pdf = await numberedPdf(9);
    const events = await readWith("pdf", pdf, () => server.services.lifecycle.cancelAll());
    checkStream(events);
    const errors = ofType(events, "page_error");
    expect(new Set(errors.map((event) => event.page))).toEqual(new Set([1, 2, 3]));
    expect(errors).toHaveLength(3);
    expect(errors.every((event) => event.code === "shutting_down")).toBe(true);
    const last = events.at(-1);
    expect(last).toMatchObject({ type: "error", code: "shutting_down" });
    expect(last).toMatchObject({ usage: sumOfPages(events) });
    expect(sumOfPages(events).completion_chars).toBeGreaterThanOrEqual(charsOf(events));
    expect(rows()).toMatchObject([
      { state: "cancelled", completionChars: sumOfPages(events).completion_chars },
    ]);
    await Promise.all(engine.calls.map(async (call) => await call.finished));
    expect(engine.calls.every((call) => call.outcome === "cancelled")).toBe(true);
  });

  test("keeps the pages that had ended", async () => {
    answer = (index) => (index === 0 ? { text: "quick", chunkChars: 5 } : endless);
    const pdf = await numberedPdf(4);
    const events = await readWith("pdf", pdf, () => server.services.lifecycle.cancelAll());
    checkStream(events);
    expect(ofType(events, "page_end")).toHaveLength(1);
    expect(ofType(events, "page_error").length).toBeGreaterThan(0);
    expect(rows()).toMatchObject([
      { state: "cancelled", completionChars: sumOfPages(events).completion_chars },
    ]);
  });

  test("closes the pages of one text as well, also those that were read ahead", async () => {
    const tiff = multiPageTiff([["One"], ["Two"], ["Three"], ["Four"]]);
    const events = await readWith("image", tiff, () => server.services.lifecycle.cancelAll());
    checkStream(events);
    expect(ofType(events, "page_error").map((event) => event.page)).toEqual([1, 2, 3]);
    expect(events.at(-1)).toMatchObject({ type: "error", usage: sumOfPages(events) });
    expect(rows()).toMatchObject([
      { state: "cancelled", completionChars: sumOfPages(events).completion_chars },
    ]);
  });

  test("has no page events where it is the text of a single page", async () => {
    const image = await textImage(["x"], "png");
    const events = await readWith("image", image, () => server.services.lifecycle.cancelAll());
    checkStream(events);
    expect(new Set(events.map((event) => event.type))).toEqual(
      new Set(["start", "delta", "error"]),
    );
    expect(events.at(-1)).toMatchObject({ code: "shutting_down" });
    expect(rows()).toMatchObject([{ state: "cancelled", estimated: true }]);
    expect(rows()[0]?.completionChars).toBeGreaterThanOrEqual(charsOf(events));
  });
});

describe("a stream whose usage cannot be recorded", () => {
  /** From then on no page finds the row that it belongs to. */
  const loseRow = (): void => {
    server.services.db.run(sql`DELETE FROM page_attempts`);
    server.services.db.run(sql`DELETE FROM usage_events`);
  };

  test("ends in an error, with every page closed", async () => {
    answer = (index) =>
      index === 0 ? { text: "x".repeat(400), chunkChars: 8, paceMs: 5 } : endless;
    const events = await readWith("pdf", await numberedPdf(5), loseRow);
    checkStream(events);
    expect(ofType(events, "page_error").map((event) => event.code)).toEqual(
      Array(3).fill("internal"),
    );
    expect(events.at(-1)).toMatchObject({ type: "error", code: "internal" });
    await Promise.all(engine.calls.map(async (call) => await call.finished));
  });

  test("does not end the server when its reader goes away", async () => {
    const caller = new AbortController();
    const init = {
      method: "POST",
      body: uploadForm(await numberedPdf(5)),
      signal: caller.signal,
    };
    const response = await fetch(`${server.url}/api/ocr/pdf`, init);
    await response.body?.getReader().read();
    loseRow();
    caller.abort();
    await Promise.all(engine.calls.map(async (call) => await call.finished));
    await server.services.lifecycle.drain(5_000);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});

describe("a stream whose reader stalls", () => {
  /** Resolves when a page is with the engine. */
  let asked: PromiseWithResolvers<void>;

  async function stall(): Promise<StallingReader> {
    await server[Symbol.asyncDispose]();
    server = await startServer({ LLM_BASE_URL: engine.url, STREAM_STALL_S: "1" });
    asked = Promise.withResolvers();
    // Far more than fits into all the buffers between the engine and the reader.
    const text = "x".repeat(100_000_000);
    answer = () => {
      asked.resolve();
      return { text, chunkChars: 20_000 };
    };
    const reader = await postAndStall(
      `${server.url}/api/ocr/pdf`,
      uploadForm(await numberedPdf(2)),
    );
    await asked.promise;
    await Promise.all(engine.calls.map(async (call) => await call.finished));
    return reader;
  }

  test("is cancelled, and whoever reads on in time finds every page closed", async () => {
    await using reader = await stall();
    const events = parseEvents(await reader.readOn());
    checkStream(events);
    expect(ofType(events, "page_error").map((event) => event.code)).toEqual(
      Array(2).fill("stream_stalled"),
    );
    expect(events.at(-1)).toMatchObject({ type: "error", code: "stream_stalled" });
    expect(rows()).toMatchObject([
      { state: "cancelled", completionChars: sumOfPages(events).completion_chars },
    ]);
  });

  test("is left where nobody reads on, with what was used on record", async () => {
    await using _reader = await stall();
    await server.services.lifecycle.drain(10_000);
    expect(rows()).toMatchObject([{ state: "cancelled", failedPages: 2, estimated: true }]);
    expect(rows()[0]?.completionChars).toBeGreaterThan(1_000_000);
  });
});
