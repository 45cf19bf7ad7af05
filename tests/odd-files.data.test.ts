/**
 * Every hostile or strange file through the real server, with the built-in engine: what must be
 * refused is refused in words, what must open is read, and the main process answers meanwhile.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OcrEvent } from "../src/shared/ocr-events.ts";
import { problemSchema } from "../src/shared/api-errors.ts";
import { watchHealth } from "./fixtures/health.ts";
import { type OddFile, readOddFiles } from "./odd-manifest.ts";
import {
  type ServerProcess,
  checkStream,
  readEvents,
  startServerProcess,
  textsOf,
  uploadForm,
} from "./server.ts";

const data = process.env["OCR_DATA"];
const files = data === undefined ? [] : readOddFiles(data);
/** How long `/healthz` may take while hostile files are read: nearly always, and ever. */
const HEALTH_P99_MS = 100;
const HEALTH_MS = 400;
/** Of the words that a page must hold, so many have to be found: reading well is not tested here. */
const WORD_RECALL = 0.6;

describe.skipIf(data === undefined)("hostile and strange files", () => {
  let folder: string;
  let server: ServerProcess;
  let health: ReturnType<typeof watchHealth>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "my-ocr-odd-"));
    // Small limits keep the files that use them up from taking minutes.
    server = await startServerProcess(folder, { RASTER_TIMEOUT_S: "8", MAX_PAGES: "30" });
    health = watchHealth(server.url);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(files.map((file): [string, OddFile] => [file.name, file]))(
    "%s gets what the manifest says",
    async (_name, file) => await check(server.url, file),
    60_000,
  );

  test("the main process answered all the time, and never died", async () => {
    const { answers, slowestMs, p99Ms } = await health.stop();
    expect(answers).toBeGreaterThan(100);
    expect(p99Ms).toBeLessThan(HEALTH_P99_MS);
    expect(slowestMs).toBeLessThan(HEALTH_MS);
    expect(process.kill(server.pid, 0)).toBe(true);
  });
});

async function check(url: string, file: OddFile): Promise<void> {
  const response = await post(url, file, {});
  if (response.ok) {
    expect(file.verdict).not.toBe("refuse");
    expectPages(await readEvents(response), file);
  } else {
    expect(file.verdict).not.toBe("open");
    await expectRefusal(response);
  }
  if (file.password !== undefined) {
    const opened = await post(url, file, { password: file.password });
    expect(opened.status).toBe(200);
    expectPages(await readEvents(opened), file, { countPages: false });
  }
}

async function post(url: string, file: OddFile, fields: Record<string, string>): Promise<Response> {
  const form = uploadForm(Bun.file(file.path), fields, file.name);
  return await fetch(`${url}/api/ocr/pdf`, { method: "POST", body: form });
}

async function expectRefusal(response: Response): Promise<void> {
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = problemSchema.parse(await response.json());
  expect(problem.detail).toMatch(/\.$/);
}

function expectPages(
  events: OcrEvent[],
  file: OddFile,
  { countPages }: { countPages: boolean } = { countPages: true },
): void {
  checkStream(events);
  expect(events.at(-1)?.type).toBe("end");
  const pages = events.filter((event) => event.type === "page_start").length;
  if (countPages && file.verdict === "open" && file.pages !== undefined) {
    expect(pages).toBe(file.pages);
    const failed = events.filter((event) => event.type === "page_error");
    expect(failed.map((event) => event.page)).toEqual(file.brokenPages);
  }
  if (file.text !== undefined) {
    const text = [...textsOf(events).values()].join("\n");
    expect(wordRecall(file.text, text)).toBeGreaterThanOrEqual(WORD_RECALL);
  }
}

/** How many of the expected words are in the text, 0–1, whatever their order. */
function wordRecall(expected: string, text: string): number {
  const words = (value: string): string[] => value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const found = new Set(words(text));
  const wanted = words(expected);
  return wanted.filter((word) => found.has(word)).length / wanted.length;
}
