/** `kill -9`: what a server could not tidy up itself, the next one does at its start. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OcrEvent } from "../src/shared/ocr-events.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { numberedPdf, pageNumberOf } from "./fixtures/numbered-pages.ts";
import {
  type ServerProcess,
  checkStream,
  eventsOf,
  readEvents,
  startServerProcess,
  uploadForm,
} from "./server.ts";

const STREAMS = 4;
const PAGES = 3;

let folder: string;
let engine: ScriptedEngineServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-crash-"));
  // The first page of each document is read at once, the others never end.
  engine = await startScriptedEngine(async ({ image }) =>
    (await pageNumberOf(image)) === 1
      ? { text: "first page", usage: { prompt_tokens: 70, completion_tokens: 30 } }
      : { text: "endless ".repeat(10_000), chunkChars: 8, paceMs: 20 },
  );
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<ServerProcess> {
  return await startServerProcess(folder, { LLM_BASE_URL: engine.url, OCR_PAGE_CONCURRENCY: "12" });
}

async function post(server: ServerProcess): Promise<Response> {
  const body = uploadForm(await numberedPdf(PAGES));
  return await fetch(`${server.url}/api/ocr/pdf`, { method: "POST", body });
}

/** Reads until the stream breaks; says so when its first page has ended and another one runs. */
async function readUntilBroken(response: Response, onRunning: () => void): Promise<OcrEvent[]> {
  const events: OcrEvent[] = [];
  try {
    for await (const event of eventsOf(response)) {
      events.push(event);
      const ended = events.some(({ type }) => type === "page_end");
      if (ended && event.type === "page_delta") onRunning();
    }
  } catch {
    // The server died.
  }
  return events;
}

function states(): unknown[] {
  using database = new Database(join(folder, "my-ocr.db"), { readonly: true });
  return database.query("SELECT state FROM usage_events").values().flat();
}

test("streams that a crash cut off are closed at the next start, with the pages that had ended", async () => {
  await using first = await start();
  const running = Array.from({ length: STREAMS }, () => Promise.withResolvers<void>());
  const streams = running.map(
    async ({ resolve }) => await readUntilBroken(await post(first), resolve),
  );
  await Promise.all(running.map(async ({ promise }) => await promise));
  first.kill("SIGKILL");
  await first.exited;
  const cut = await Promise.all(streams);
  expect(cut.every((events) => !["end", "error"].includes(events.at(-1)?.type ?? ""))).toBe(true);
  expect(states()).toEqual(Array(STREAMS).fill("open"));
  expect(readdirSync(join(folder, "spool"))).toHaveLength(STREAMS);

  await using second = await start();
  expect(states()).toEqual(Array(STREAMS).fill("interrupted"));
  expect(readdirSync(join(folder, "spool"))).toEqual([]);
  const rows = await (await fetch(`${second.url}/api/users/me/usage`)).json();
  expect(rows).toMatchObject(
    Array.from({ length: STREAMS }, () => ({
      state: "interrupted",
      prompt_tokens: 70,
      completion_tokens: 30,
      completion_chars: "first page".length,
      estimated: false,
      meta: `pages=${PAGES}`,
    })),
  );
  // The engine was let go by the crash, and the new server reads on as if nothing had been.
  await Promise.all(engine.calls.map(async (call) => await call.finished));
  const body = uploadForm(await numberedPdf(PAGES), { pages: "1" });
  const again = await fetch(`${second.url}/api/ocr/pdf`, { method: "POST", body });
  const events = await readEvents(again);
  checkStream(events);
  expect(events.at(-1)?.type).toBe("end");
});
