/**
 * What the server adds to the engine's stream: CPU a chunk and time to the first delta, against a
 * raw pass-through of the same engine's bytes, in the same run; once for the NDJSON route, and once
 * for a job that is followed over the typed API. Run: `bun run bench:stream [streams]`.
 *
 * Three processes beside this one: an engine that sends chunks at a steady pace, a proxy that hands
 * its bytes on untouched, and the real server. Both are driven by the same client; CPU is the
 * process's own from /proc, so neither the engine's nor the client's work counts.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { textImage } from "../tests/fixtures/images.ts";
import { listeningUrl } from "../tests/fixtures/listening-url.ts";

const DEFAULT_STREAMS = 32;
const CHUNKS = 300;
const PACE_MS = 10;
const ROUNDS = 5;
const TICKS_PER_SECOND = 100;

/** Of the answers that make something. */
const idSchema = z.object({ result: z.object({ data: z.object({ id: z.string() }) }) });

type Role = "engine" | "proxy" | "server";

interface Side {
  name: string;
  pid: number;
  post: () => Promise<Response>;
}

interface Measured {
  cpuMicrosPerChunk: number;
  /** Engine's write to client's read, in ms: median over the streams. */
  firstDeltaMs: number;
}

/** How many run at the same time. */
let streams = DEFAULT_STREAMS;

/** One chunk tells when it was sent, so that the client can tell how long it took. */
function chunkText(first: boolean): string {
  return first ? `@${performance.timeOrigin + performance.now()}@` : "some text ";
}

function serveEngine(): void {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request, server) {
      if (request.method === "GET") return Response.json({ data: [] });
      await request.arrayBuffer();
      server.timeout(request, 0);
      return new Response(pulled(sseChunks()), {
        headers: { "content-type": "text/event-stream" },
      });
    },
  });
  process.stdout.write(`${server.url.href}\n`);
}

/** As a response body: one chunk each time that the reader asks. */
function pulled(chunks: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(stream) {
      const { done, value } = await chunks.next();
      if (done) stream.close();
      else stream.enqueue(encoder.encode(value));
    },
  });
}

async function* sseChunks(): AsyncGenerator<string> {
  // Streams that start together would otherwise send all their chunks in the same millisecond.
  await Bun.sleep(200 + Math.random() * 50);
  for (let n = 0; n < CHUNKS; n++) {
    const choice = { index: 0, delta: { content: chunkText(n === 0) }, finish_reason: null };
    yield `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", choices: [choice] })}\n\n`;
    await Bun.sleep(PACE_MS);
  }
  const usage = { prompt_tokens: 1, completion_tokens: CHUNKS };
  yield `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`;
  yield `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;
}

function serveProxy(engine: string): void {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request, server) {
      const body = await request.arrayBuffer();
      server.timeout(request, 0);
      const upstream = await fetch(`${engine}/v1/chat/completions`, { method: "POST", body });
      return new Response(upstream.body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  process.stdout.write(`${server.url.href}\n`);
}

function start(
  role: Role,
  args: string[],
  env: Record<string, string> = {},
): Bun.Subprocess<"ignore", "pipe", "inherit"> {
  const command =
    role === "server"
      ? [join(import.meta.dir, "../src/server/main.ts")]
      : [import.meta.path, role, ...args];
  return Bun.spawn([process.execPath, ...command], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function urlOf(child: Bun.Subprocess<"ignore", "pipe", "inherit">): Promise<string> {
  const url = await listeningUrl(child.stdout);
  if (url === undefined) throw new Error("a process ended before it listened");
  return url;
}

/** Seconds of user and system time, all threads. Source: proc(5), /proc/pid/stat. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function measure(side: Side): Promise<Measured> {
  const before = cpuSeconds(side.pid);
  const delays = await Promise.all(
    Array.from({ length: streams }, async () => await readStream(await side.post())),
  );
  const cpu = cpuSeconds(side.pid) - before;
  return {
    cpuMicrosPerChunk: (cpu * 1e6) / (streams * CHUNKS),
    firstDeltaMs: median(delays),
  };
}

/** Reads a stream to its end; returns how long its first delta took from the engine to here. */
async function readStream(response: Response): Promise<number> {
  let delay = Number.NaN;
  let head = "";
  const decoder = new TextDecoder();
  if (!response.ok || !response.body) throw new Error(await response.text());
  for await (const chunk of response.body) {
    if (!Number.isNaN(delay)) continue;
    const now = performance.timeOrigin + performance.now();
    head += decoder.decode(chunk, { stream: true });
    const sentAt = /@([\d.]+)@/.exec(head)?.[1];
    if (sentAt !== undefined) delay = now - Number(sentAt);
  }
  return delay;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function main(): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), "my-ocr-bench-"));
  const children: Bun.Subprocess<"ignore", "pipe", "inherit">[] = [];
  const launch = async (
    ...call: Parameters<typeof start>
  ): Promise<{ url: string; pid: number }> => {
    const child = start(...call);
    children.push(child);
    return { url: await urlOf(child), pid: child.pid };
  };
  try {
    const image = new Blob([new Uint8Array(await textImage(["Bench"], "png"))]);
    const engine = await launch("engine", []);
    const proxy = await launch("proxy", [engine.url]);
    const server = await launch("server", [], {
      PORT: "0",
      DATA_DIR: dataDirectory,
      LLM_BASE_URL: `${engine.url}/v1`,
      OCR_PAGE_CONCURRENCY: String(streams * 2),
      LOG_LEVEL: "info",
    });
    const form = new FormData();
    form.append("file", image, "bench.png");
    const follow = await jobFollower(server.url, form);
    const sides = [
      {
        name: "pass-through",
        pid: proxy.pid,
        post: async () => await fetch(proxy.url, { method: "POST", body: image }),
      },
      {
        name: "My OCR",
        pid: server.pid,
        post: async () =>
          await fetch(`${server.url}/api/ocr/image`, { method: "POST", body: form }),
      },
      { name: "job, followed", pid: server.pid, post: follow },
    ];
    await report(sides);
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function report(sides: readonly Side[]): Promise<void> {
  const results = sides.map((): Measured[] => []);
  console.log(
    `${streams} streams x ${CHUNKS} chunks, one each ${PACE_MS} ms; ${ROUNDS} rounds and a warm-up`,
  );
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, side] of sides.entries()) {
      const measured = await measure(side);
      if (round > 0) results[index]?.push(measured);
    }
  }
  const medians = results.map((rounds, index) => {
    const cpu = median(rounds.map((one) => one.cpuMicrosPerChunk));
    const first = median(rounds.map((one) => one.firstDeltaMs));
    const name = sides[index]?.name ?? "";
    console.log(
      `${name.padEnd(13)} ${cpu.toFixed(1)} µs CPU a chunk, first delta after ${first.toFixed(2)} ms`,
    );
    return { name, cpu, first };
  });
  const [raw, ...ours] = medians;
  for (const { name, cpu, first } of raw ? ours : []) {
    console.log(
      `${name}: ${(cpu / (raw?.cpu ?? 0)).toFixed(2)} x the CPU of the pass-through, first delta ${(first - (raw?.first ?? 0)).toFixed(2)} ms after its`,
    );
  }
}

/** Starts a job of an uploaded image, and follows it from its beginning to its end. */
async function jobFollower(serverUrl: string, form: FormData): Promise<() => Promise<Response>> {
  const call = async (name: string, body: BodyInit): Promise<string> => {
    const headers = typeof body === "string" ? { "content-type": "application/json" } : {};
    const response = await fetch(`${serverUrl}/api/trpc/${name}`, {
      method: "POST",
      headers,
      body,
    });
    return idSchema.parse(await response.json()).result.data.id;
  };
  const documentId = await call("documents.upload", form);
  return async () => {
    const id = await call("jobs.start", JSON.stringify({ documentId }));
    const input = encodeURIComponent(JSON.stringify({ id }));
    return await fetch(`${serverUrl}/api/trpc/jobs.events?input=${input}`, {
      headers: { accept: "text/event-stream" },
    });
  };
}

const [role, argument] = process.argv.slice(2);
if (role === "engine") serveEngine();
else if (role === "proxy") serveProxy(argument ?? "");
else {
  streams = Number(role ?? DEFAULT_STREAMS);
  await main();
}
