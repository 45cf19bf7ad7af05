/**
 * Usage is recorded exactly once, whatever happens: callers leave at any moment, the engine fails in
 * every way, and the server is killed and started again meanwhile.
 */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Fault, ScriptedAnswer } from "../src/server/engines/scripted/answer.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import type { OcrEvent } from "../src/shared/ocr-events.ts";
import { textImage } from "./fixtures/images.ts";
import { numberedPdf } from "./fixtures/numbered-pages.ts";
import { randomNumbers } from "./fixtures/random.ts";
import { type ServerProcess, eventsOf, startServerProcess, uploadForm } from "./server.ts";

const REQUESTS = Number(process.env["USAGE_REQUESTS"] ?? 1_500);
const SEED = Number(process.env["USAGE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** At the same time. */
const CALLERS = 24;
/** After which shares of the requests the server is killed. */
const KILLS = [0.25, 0.5, 0.75];
const LONGEST_PATIENCE_MS = 1_000;
const LONGEST_PATIENCE_EVENTS = 6;

const FAULTS: readonly Fault[] = [
  { kind: "status", status: 500 },
  { kind: "status", status: 400 },
  { kind: "reset" },
  { kind: "html" },
  { kind: "cut", afterChunks: 2 },
  { kind: "early-end", afterChunks: 2 },
  { kind: "malformed", afterChunks: 1 },
  { kind: "error-object", afterChunks: 1, message: "out of memory" },
];

const random = randomNumbers(SEED);
const oneOf = <T>(values: readonly T[]): T | undefined =>
  values[Math.floor(random() * values.length)];

let folder: string;
let engine: ScriptedEngineServer;
let server: Promise<ServerProcess>;
let files: { kind: "image" | "pdf"; bytes: Uint8Array }[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-usage-"));
  const image = await textImage(["text"], "png");
  files = [
    { kind: "image", bytes: image },
    { kind: "pdf", bytes: image },
    { kind: "pdf", bytes: await numberedPdf(2) },
    { kind: "image", bytes: await numberedPdf(3) },
  ];
  engine = await startScriptedEngine(answer);
  server = start();
});
afterAll(async () => {
  await (await server)[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Mostly well and at once; else a fault, or so slow that people leave. */
function answer(): ScriptedAnswer {
  const text = "some text that was read ".repeat(1 + Math.floor(random() * 5));
  const isCounted = random() < 0.5;
  const usage = isCounted ? { prompt_tokens: 7, completion_tokens: 3 } : null;
  const kind = random();
  const fault = kind < 0.2 ? oneOf(FAULTS) : undefined;
  return { text, usage, ...(fault && { fault }), ...(kind > 0.8 && { paceMs: 20 }) };
}

async function start(): Promise<ServerProcess> {
  return await startServerProcess(folder, {
    LLM_BASE_URL: engine.url,
    LLM_MAX_RETRIES: "0",
    LLM_IMAGE_LONGEST_SIDE: "256",
    OCR_PAGE_CONCURRENCY: "16",
  });
}

async function killAndStart(): Promise<ServerProcess> {
  const killed = await server;
  killed.kill("SIGKILL");
  await killed.exited;
  return await start();
}

/** What a caller has seen of one request. */
interface Seen {
  /** From the first event. */
  id?: string | undefined;
  last?: OcrEvent;
}

/** Of four callers one leaves after some time, one after some events, the others stay. */
function patience(): { ms: number; events: number } {
  const kind = random();
  return {
    ms: kind < 0.25 ? random() * LONGEST_PATIENCE_MS : Infinity,
    events: kind > 0.75 ? 1 + Math.floor(random() * LONGEST_PATIENCE_EVENTS) : Infinity,
  };
}

async function send(seen: Seen): Promise<void> {
  const { url } = await server;
  const file = oneOf(files);
  if (!file) throw new Error("there are files");
  const left = new AbortController();
  const { ms, events } = patience();
  const timer = ms === Infinity ? undefined : setTimeout(() => left.abort(), ms);
  try {
    const request = { method: "POST", body: uploadForm(file.bytes), signal: left.signal };
    let count = 0;
    for await (const event of eventsOf(await fetch(`${url}/api/ocr/${file.kind}`, request))) {
      if (event.type === "start") seen.id = event.request_id;
      seen.last = event;
      if (++count >= events) left.abort();
    }
  } catch {
    // The caller left, or the server died.
  } finally {
    clearTimeout(timer);
  }
}

const rowSchema = z.object({
  request_id: z.string(),
  state: z.string(),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  completion_chars: z.number(),
  failed_pages: z.number(),
  pages: z.number(),
});
type Row = z.infer<typeof rowSchema>;

function read<T>(query: string, schema: z.ZodType<T>): T[] {
  using database = new Database(join(folder, "my-ocr.db"), { readonly: true });
  return z.array(schema).parse(database.query(query).all());
}

/** What is wrong with the row of a request by what its caller was told. */
function faultOf({ id, last }: Seen, row: Row | undefined): string | undefined {
  if (!row) return `${id} has no row`;
  if (last?.type !== "end" && last?.type !== "error") return undefined;
  const failed = last.type === "end" ? (last.failed_pages?.length ?? 0) : row.pages;
  const ended = failed === 0 ? "done" : failed === row.pages ? "failed" : "partial";
  if (row.state !== ended) return `${id} is ${row.state}, and its caller was told of ${ended}`;
  const { usage } = last;
  const isSame =
    usage?.prompt_tokens === row.prompt_tokens &&
    usage.completion_tokens === row.completion_tokens &&
    usage.completion_chars === row.completion_chars;
  return isSame ? undefined : `${id} used something else than its caller was told`;
}

test(`${REQUESTS} requests have a row each, once, through faults, callers who leave and three crashes`, async () => {
  // To have the same requests again, as far as their order goes.
  process.stdout.write(`USAGE_SEED=${SEED}\n`);
  const all: Seen[] = [];
  const kills = new Set(KILLS.map((share) => Math.floor(share * REQUESTS)));
  const caller = async (): Promise<void> => {
    while (all.length < REQUESTS) {
      const seen: Seen = {};
      if (kills.has(all.push(seen))) server = killAndStart();
      await send(seen);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  // A server that is told to stop closes by itself what is open.
  const last = await server;
  last.kill("SIGTERM");
  expect(await last.exited).toBe(0);

  const rows = read("SELECT * FROM usage_events", rowSchema);
  const byId = new Map(rows.map((row) => [row.request_id, row]));
  expect(byId.size).toBe(rows.length);
  const started = all.filter(({ id }) => id !== undefined);
  expect(started.map((seen) => faultOf(seen, byId.get(seen.id ?? ""))).filter(Boolean)).toEqual([]);
  // The others left, or were cut off, before they were told their id.
  expect(rows.length).toBeGreaterThanOrEqual(started.length);
  expect(rows.length).toBeLessThanOrEqual(REQUESTS);
  expect(rows.filter(({ state }) => state === "open")).toEqual([]);
  const interrupted = rows.filter(({ state }) => state === "interrupted");
  expect(interrupted.length).toBeGreaterThan(0);
  expect(interrupted.length).toBeLessThanOrEqual(KILLS.length * CALLERS);

  const differing = `
    SELECT request_id FROM usage_events u LEFT JOIN page_attempts a ON a.usage_id = u.id
    GROUP BY u.id HAVING u.prompt_tokens <> coalesce(sum(a.prompt_tokens), 0)
      OR u.completion_tokens <> coalesce(sum(a.completion_tokens), 0)
      OR u.failed_pages <> count(*) FILTER (WHERE a.state = 'failed')`;
  expect(read(differing, z.unknown())).toEqual([]);
  const [attempts] = read(
    "SELECT count(*) AS count, coalesce(sum(state = 'open'), 0) AS open FROM page_attempts",
    z.object({ count: z.number(), open: z.number() }),
  );
  expect(attempts?.open).toBe(0);
  // Each call of the engine had its row before it.
  expect(attempts?.count).toBeGreaterThanOrEqual(engine.calls.length);
  const kinds = Map.groupBy(rows, ({ state }) => state);
  expect([...kinds.keys()]).toEqual(
    expect.arrayContaining(["done", "partial", "failed", "cancelled", "interrupted"]),
  );
}, 1_200_000);
