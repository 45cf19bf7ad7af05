/** SIGTERM: what runs may finish, what cannot is closed and on record, nothing new is taken on. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problemSchema } from "../src/shared/api-errors.ts";
import type { OcrEvent } from "../src/shared/ocr-events.ts";
import type { ScriptedAnswer } from "../src/server/engines/scripted/answer.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { numberedPdf, pageNumberOf } from "./fixtures/numbered-pages.ts";
import {
  type ServerProcess,
  checkStream,
  eventsOf,
  startServerProcess,
  textsOf,
  uploadForm,
} from "./server.ts";

const endless: ScriptedAnswer = { text: "endless ".repeat(10_000), chunkChars: 8, paceMs: 10 };

let folder: string;
let engine: ScriptedEngineServer;
let answer: (page: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-shutdown-"));
  engine = await startScriptedEngine(async ({ image }) => await answer(await pageNumberOf(image)));
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function start(graceSeconds: number): Promise<ServerProcess> {
  const env = { LLM_BASE_URL: engine.url, SHUTDOWN_GRACE_S: String(graceSeconds) };
  return await startServerProcess(folder, env);
}

async function post(server: ServerProcess, pages: number): Promise<Response> {
  const body = uploadForm(await numberedPdf(pages));
  return await fetch(`${server.url}/api/ocr/pdf`, { method: "POST", body });
}

/** Reads a stream to its end; `onEvent` may act meanwhile. */
async function readAll(
  response: Response,
  onEvent: (event: OcrEvent) => unknown = () => {},
): Promise<OcrEvent[]> {
  const events: OcrEvent[] = [];
  for await (const event of eventsOf(response)) {
    events.push(event);
    await onEvent(event);
  }
  checkStream(events);
  return events;
}

/** Asks until the server says that it takes nothing more: the signal arrives when it arrives. */
async function untilNotReady(server: ServerProcess): Promise<void> {
  while ((await fetch(`${server.url}/readyz`)).status === 200) await Bun.sleep(10);
}

function usageRows(): unknown[] {
  using database = new Database(join(folder, "my-ocr.db"), { readonly: true });
  return database.query("SELECT * FROM usage_events").all();
}

describe("SIGTERM in the middle of a stream", () => {
  test("lets it finish, turns new work away meanwhile, and then ends the server", async () => {
    const release = Promise.withResolvers<void>();
    answer = async (page) => {
      if (page === 2) await release.promise;
      return { text: `Text of page ${page}.` };
    };
    await using server = await start(20);
    const events = await readAll(await post(server, 2), async (event) => {
      if (event.type !== "page_end" || event.page !== 1) return;
      server.kill("SIGTERM");
      await untilNotReady(server);
      const refused = await post(server, 1);
      expect(refused.status).toBe(503);
      expect(problemSchema.parse(await refused.json()).code).toBe("shutting_down");
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      release.resolve();
    });
    expect(events.at(-1)).toMatchObject({ type: "end", usage: { pages: 2 } });
    expect(textsOf(events).get(2)).toBe("Text of page 2.");
    expect(await server.exited).toBe(0);
    expect(usageRows()).toMatchObject([{ state: "done", prompt_tokens: 20 }]);
  });

  test("cancels it when the time of grace is over, with what was used on record", async () => {
    answer = (page) => (page === 1 ? { text: "quick", chunkChars: 5 } : endless);
    await using server = await start(1);
    const response = await post(server, 3);
    let signalled = false;
    const events = await readAll(response, (event) => {
      // Page 1 has ended and page 2 has begun to come.
      if (signalled || event.type !== "page_delta" || event.page === 1) return;
      signalled = true;
      server.kill("SIGTERM");
    });
    expect(events.at(-1)).toMatchObject({ type: "error", code: "shutting_down" });
    const closed = events.filter((event) => event.type === "page_error");
    expect(closed.map(({ page, code }) => `${page} ${code}`).toSorted()).toEqual([
      "2 shutting_down",
      "3 shutting_down",
    ]);
    expect(await server.exited).toBe(0);
    const used = closed.reduce((sum, { usage }) => sum + usage.completion_chars, "quick".length);
    expect(used).toBeGreaterThan("quick".length);
    expect(usageRows()).toMatchObject([
      {
        state: "cancelled",
        completion_chars: used,
        failed_pages: 2,
        estimated: 1,
        closed_at: expect.any(Number),
      },
    ]);
    await Promise.all(engine.calls.map(async (call) => await call.finished));
    const outcomes = engine.calls.map((call) => call.outcome);
    expect(outcomes.filter((outcome) => outcome === "ended")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "running")).toEqual([]);
  });

  test("a second one cancels it at once", async () => {
    answer = () => endless;
    await using server = await start(600);
    let signalled = false;
    const events = await readAll(await post(server, 1), async (event) => {
      if (signalled || event.type !== "page_delta") return;
      signalled = true;
      server.kill("SIGTERM");
      await untilNotReady(server);
      server.kill("SIGTERM");
    });
    expect(events.at(-1)).toMatchObject({ type: "error", code: "shutting_down" });
    expect(await server.exited).toBe(0);
  });
});

test("SIGINT ends an idle server at once", async () => {
  answer = () => endless;
  await using server = await start(600);
  server.kill("SIGINT");
  expect(await server.exited).toBe(0);
});
