/** What the server holds in memory, measured from outside on processes of its own. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { residentMb } from "../src/server/processes/memory.ts";
import type { ScriptedAnswer } from "../src/server/engines/scripted/answer.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { numberedPdf } from "./fixtures/numbered-pages.ts";
import { textPdf } from "./fixtures/pdf.ts";
import { residentMbOfTree, watchPeak } from "./fixtures/process-tree.ts";
import { postAndStall } from "./fixtures/stalling-reader.ts";
import { checkStream, readEvents, startServerProcess, uploadForm } from "./server.ts";

const MIB = 1024 * 1024;

let folder: string;
let engine: ScriptedEngineServer;
let answer: () => ScriptedAnswer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-memory-"));
  engine = await startScriptedEngine(() => answer());
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function read(url: string, file: Uint8Array, pages: number): Promise<void> {
  const init = { method: "POST", body: uploadForm(file) };
  const events = await readEvents(await fetch(`${url}/api/ocr/pdf`, init));
  checkStream(events);
  expect(events.at(-1)).toMatchObject({ type: "end", usage: { pages } });
  expect(events.at(-1)).not.toHaveProperty("failed_pages");
}

describe("a stalled reader", () => {
  test("holds back an engine that would send 200 MB a page, in a few MB of memory", async () => {
    const env = { LLM_BASE_URL: engine.url, STREAM_STALL_S: "3" };
    await using server = await startServerProcess(folder, env);
    answer = () => ({ text: "warm" });
    const pdf = await numberedPdf(4);
    await read(server.url, pdf, 4);
    const warmCalls = engine.calls.length;

    const text = "x".repeat(200 * MIB);
    const asked = Promise.withResolvers<void>();
    answer = () => {
      asked.resolve();
      return { text, chunkChars: 32 * 1024 };
    };
    const resident = (): number => residentMb(server.pid) ?? 0;
    const before = resident();
    using watch = watchPeak(resident);
    await using _reader = await postAndStall(`${server.url}/api/ocr/pdf`, uploadForm(pdf));
    await asked.promise;
    // Over when the reader is taken for gone; until then everything had time to pile up.
    const stalled = engine.calls.slice(warmCalls);
    await Promise.all(stalled.map(async (call) => await call.finished));
    expect(stalled.every((call) => call.outcome === "cancelled")).toBe(true);
    expect(watch.peakMb - before).toBeLessThan(60);
  }, 60_000);
});

describe("a document of 500 pages takes as much memory as one of 24", () => {
  /** MiB of the server and its children at their highest, in a server that reads nothing else. */
  async function peakOf(file: Uint8Array, pages: number): Promise<number> {
    const data = mkdtempSync(join(folder, "data-"));
    await using server = await startServerProcess(data, { LLM_BASE_URL: engine.url });
    using watch = watchPeak(() => residentMbOfTree(server.pid));
    await read(server.url, file, pages);
    return watch.peakMb;
  }

  test.each<[string, (pages: number) => Uint8Array | Promise<Uint8Array>]>([
    [
      "of text",
      (pages) => textPdf(Array.from({ length: pages }, (_, page) => [`Page ${page}`, "and text"])),
    ],
    ["of scans", numberedPdf],
  ])(
    "%s",
    async (_kind, draw) => {
      answer = () => ({ text: "Some text of a page. ".repeat(20), chunkChars: 40 });
      const short = await peakOf(await draw(24), 24);
      const long = await peakOf(await draw(500), 500);
      expect(long / short).toBeLessThan(1.3);
    },
    120_000,
  );
});
