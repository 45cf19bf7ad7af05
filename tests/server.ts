/** Real servers for tests: the whole graph in this process, or `main.ts` as a process of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OcrEvent, ocrEventSchema } from "../src/shared/ocr-events.ts";
import { createApp } from "../src/server/app.ts";
import { type Config, parseConfig } from "../src/server/config.ts";
import { createLogger } from "../src/server/logger.ts";
import type { Raster } from "../src/server/raster/raster.ts";
import {
  type ServiceOverrides,
  type Services,
  createRaster,
  createServices,
} from "../src/server/services.ts";
import { listeningUrl } from "./fixtures/listening-url.ts";

export interface TestServer extends AsyncDisposable {
  /** Ends without a slash. */
  url: string;
  services: Services;
}

type Env = Record<string, string>;

/** Two raster processes are enough for any test, and start faster than one for each core of a big machine. */
const TEST_ENV = { PORT: "0", HOST: "127.0.0.1", RASTER_PROCESSES: "2", LOG_LEVEL: "silent" };

let warmRaster: Raster | undefined;

/**
 * One for all servers of this process, which ends with it: new children take a second of processor
 * time for their first page, which most tests would spend on nothing.
 */
function sharedRaster(config: Config): Raster {
  warmRaster ??= createRaster(config, createLogger("silent"));
  return warmRaster;
}

/**
 * The server inside this process, on a free port and in an empty folder.
 *
 * @param env with settings of the raster, the server gets one of its own, which it measures.
 */
export async function startServer(
  env: Env = {},
  given: ServiceOverrides = {},
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "my-ocr-test-"));
  const config = parseConfig({ ...TEST_ENV, DATA_DIR: folder, ...env });
  const hasOwnRaster = Object.keys(env).some((name) => name.startsWith("RASTER_"));
  const overrides = hasOwnRaster ? given : { raster: sharedRaster(config), ...given };
  const services = await createServices(config, createLogger(config.LOG_LEVEL), overrides);
  const app = createApp(services).listen({ hostname: config.HOST, port: config.PORT });
  return {
    url: `http://127.0.0.1:${app.server?.port}`,
    services,
    async [Symbol.asyncDispose]() {
      await services.lifecycle.drain(0);
      await app.stop(true);
      await services[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface ServerProcess extends AsyncDisposable {
  url: string;
  pid: number;
  exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** The server as people start it, in a process of its own; `folder` outlives it. */
export async function startServerProcess(folder: string, env: Env = {}): Promise<ServerProcess> {
  const child = spawnServer(folder, env);
  // Taken all the time: a full pipe would stop the server and its children.
  const complaints = new Response(child.stderr).text();
  const url = await listeningUrl(child.stdout);
  if (url === undefined) throw new Error(`the server did not start: ${await complaints}`);
  return {
    url,
    pid: child.pid,
    exited: child.exited,
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** The same where it must not start: how it ends, and what it tells people. */
export async function refusedStart(
  folder: string,
  env: Env,
): Promise<{ exitCode: number; stderr: string }> {
  const child = spawnServer(folder, env);
  const [exitCode, stderr] = await Promise.all([
    child.exited,
    new Response(child.stderr).text(),
    new Response(child.stdout).text(),
  ]);
  return { exitCode, stderr };
}

function spawnServer(folder: string, env: Env): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  return Bun.spawn([process.execPath, join(import.meta.dir, "../src/server/main.ts")], {
    // Away from a developer's `.env`.
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      ...TEST_ENV,
      DATA_DIR: folder,
      ...env,
      LOG_LEVEL: "info",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A form with the file and the other fields. */
export function uploadForm(file: Uint8Array | Blob, fields: Env = {}, name = "file"): FormData {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", file instanceof Blob ? file : new Blob([new Uint8Array(file)]), name);
  return form;
}

/** Every event of a stream, each checked against the published schema. */
export async function readEvents(response: Response): Promise<OcrEvent[]> {
  return await Array.fromAsync(eventsOf(response));
}

export async function* eventsOf(response: Response): AsyncGenerator<OcrEvent> {
  if (!response.body) throw new Error("the response has no body");
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield ocrEventSchema.parse(JSON.parse(line));
  }
  if (rest !== "") throw new Error(`the stream was cut in the middle of a line: ${rest}`);
}

/** The events of a stream that was read as a whole. */
export function parseEvents(ndjson: string): OcrEvent[] {
  return ndjson
    .trimEnd()
    .split("\n")
    .map((line) => ocrEventSchema.parse(JSON.parse(line)));
}

/** The text of each page, or of page 0 for a stream without pages. */
export function textsOf(events: readonly OcrEvent[]): Map<number, string> {
  const texts = new Map<number, string>();
  for (const event of events) {
    if (event.type === "page_start") texts.set(event.page, texts.get(event.page) ?? "");
    if (event.type === "delta") texts.set(0, (texts.get(0) ?? "") + event.delta);
    if (event.type === "page_delta") {
      texts.set(event.page, (texts.get(event.page) ?? "") + event.delta);
    }
  }
  return texts;
}

/** What holds for every stream: one start, every page closed once, one closing event, the last. */
export function checkStream(events: readonly OcrEvent[]): void {
  const open = new Set<number>();
  const closed = new Set<number>();
  for (const [index, event] of events.entries()) {
    const isLast = index === events.length - 1;
    if ((event.type === "end" || event.type === "error") !== isLast) {
      throw new Error(`event ${index} of ${events.length} is ${event.type}`);
    }
    if ((event.type === "start") !== (index === 0))
      throw new Error(`event ${index} is ${event.type}`);
    if (event.type === "page_start") {
      if (open.has(event.page) || closed.has(event.page))
        throw new Error(`page ${event.page} twice`);
      open.add(event.page);
    }
    if (event.type === "page_delta" && !open.has(event.page)) {
      throw new Error(`a delta of page ${event.page}, which is not open`);
    }
    if (event.type === "page_end" || event.type === "page_error") {
      if (!open.delete(event.page)) throw new Error(`page ${event.page} closed while not open`);
      closed.add(event.page);
    }
  }
  if (open.size > 0) throw new Error(`pages left open: ${[...open].join(", ")}`);
}
