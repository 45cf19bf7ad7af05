/**
 * What a server sees on a busy day, all at once: images, documents, jobs, people who leave, wrong
 * files, wrong passwords, an engine that fails, is gone for a while and comes back, and child
 * processes that die.
 */
import { startScriptedEngine } from "../../src/server/engines/scripted/server.ts";
import { PASSWORD, newBearer, requestToken } from "../accounts.ts";
import { textImage } from "../fixtures/images.ts";
import { textPdf } from "../fixtures/pdf.ts";
import { childrenOf } from "../fixtures/process-tree.ts";
import { type ServerProcess, eventsOf, uploadForm } from "../server.ts";
import { type TypedClient, failureOf, followJob, typedClient } from "../typed-client.ts";
import type { VllmExporter } from "./vllm-exporter.ts";

export interface RestartableEngine extends AsyncDisposable {
  url: string;
  stop(): Promise<void>;
  /** At the same address. */
  start(): Promise<void>;
}

const PROMPT_TOKENS = 250;
const TEXT = "What stands on the page, told in some words. ".repeat(6);

/** A scripted engine with faults, whose calls are measured as vLLM would. */
export async function startFaultyEngine(vllm: VllmExporter): Promise<RestartableEngine> {
  const launch = async (port: number) =>
    await startScriptedEngine(
      ({ index }) => {
        const finish = vllm.begin(PROMPT_TOKENS);
        if (index % 7 === 3) {
          finish(0, "stop");
          return { text: "", fault: { kind: "status", status: 500 } };
        }
        setTimeout(() => finish(TEXT.length / 4, index % 5 === 0 ? "length" : "stop"), 250);
        return {
          text: TEXT,
          firstDelayMs: 60,
          paceMs: 10,
          ...(index % 11 === 5 && { fault: { kind: "cut", afterChunks: 3 } }),
          ...(index % 13 === 0 && { usage: null }),
        };
      },
      { port },
    );
  let running: Awaited<ReturnType<typeof launch>> | undefined = await launch(0);
  const { url } = running;
  const stop = async (): Promise<void> => {
    await running?.[Symbol.asyncDispose]();
    running = undefined;
  };
  return {
    url,
    stop,
    start: async () => {
      running = await launch(Number(new URL(url).port));
    },
    [Symbol.asyncDispose]: stop,
  };
}

interface World {
  server: ServerProcess;
  headers: { authorization: string };
  client: TypedClient;
  image: Uint8Array;
  pdf: Uint8Array;
}

/** A part of the load; called again and again until the time is over. */
type Part = (world: World, round: number) => Promise<void>;

/** At most so often, each of them. */
const PAUSE_MS = 250;
const OUTAGE = { from: 0.5, to: 0.7 };

export interface LoadOptions {
  /** With `AUTH_ENABLED`, reading with the engine. */
  server: ServerProcess;
  engine: RestartableEngine;
  seconds: number;
  /** Resolves when it is known that the engine is gone: it comes back no earlier. */
  outageKnown: () => Promise<void>;
}

/** Loads the server until the time is over, and the engine was gone for a part of it. */
export async function mixedLoad(options: LoadOptions): Promise<void> {
  const { server, engine, seconds } = options;
  const headers = await newBearer(server, "ada");
  const client = typedClient(server.url, headers);
  const lines = [["A page"], ["Another one"], [], ["The last one"]];
  const image = await textImage(["Some text"], "png");
  const world = { server, headers, client, image, pdf: textPdf(lines) };
  const startedAt = performance.now();
  const share = (): number => (performance.now() - startedAt) / 1000 / seconds;
  const repeat = async (part: Part): Promise<void> => {
    for (let round = 0; share() < 1; round++) {
      await part(world, round);
      await Bun.sleep(PAUSE_MS);
    }
  };
  const until = async (moment: number): Promise<void> =>
    await Bun.sleep(Math.max(0, moment - share()) * seconds * 1000);
  const outage = async (): Promise<void> => {
    await until(OUTAGE.from);
    await engine.stop();
    // A client of its own: the status of an answer is that of all calls that were sent together.
    await expectNoModels(typedClient(server.url, headers));
    await options.outageKnown();
    await until(OUTAGE.to);
    await engine.start();
  };
  await Promise.all([outage(), ...PARTS.map(repeat)]);
}

/** An error that is the server's own, over HTTP. */
async function expectNoModels(client: TypedClient): Promise<void> {
  const failure = await failureOf(client.engines.models.query({}));
  if (failure?.httpStatus !== 502) throw new Error("The engine is gone, and lists its models.");
}

async function post(world: World, kind: "image" | "pdf", file: Uint8Array): Promise<Response> {
  const init = { method: "POST", headers: world.headers, body: uploadForm(file) };
  return await fetch(`${world.server.url}/api/ocr/${kind}`, init);
}

async function get(world: World, path: string, headers = {}): Promise<void> {
  await (await fetch(world.server.url + path, { headers })).text();
}

const readImages: Part = async (world) => {
  await (await post(world, "image", world.image)).text();
};

const readDocuments: Part = async (world) => {
  await (await post(world, "pdf", world.pdf)).text();
};

const sendWrongFiles: Part = async (world, round) => {
  const file = round % 2 === 0 ? new Uint8Array() : new TextEncoder().encode("no document");
  await (await post(world, "image", file)).text();
  await get(world, "/no/such/page");
};

/** Leaves when the first text is there. */
const leaveEarly: Part = async (world) => {
  for await (const event of eventsOf(await post(world, "pdf", world.pdf))) {
    if (event.type === "page_delta") break;
  }
};

const guessPasswords: Part = async ({ server }, round) => {
  const password = round % 4 === 0 ? PASSWORD : "a guess";
  await (await requestToken(server, round % 4 === 0 ? "ada" : `nobody${round}`, password)).text();
};

const runJobs: Part = async ({ client, pdf }, round) => {
  const { id: documentId } = await client.documents.upload.mutate(uploadForm(pdf, {}, "some.pdf"));
  const { id } = await client.jobs.start.mutate({ documentId });
  const { ended } = followJob(client, { id });
  if (round % 3 === 1) await client.jobs.cancel.mutate({ id }).catch(() => {});
  await ended;
  await client.documents.search.query({ query: "page" });
};

const lookAtUsage: Part = async (world) => {
  const { usage, jobs } = world.client;
  await Promise.all([
    usage.summary.query(),
    usage.byDay.query({ days: 7 }),
    usage.list.query({}),
    jobs.get.query({ id: "no-such-job" }).catch(() => {}),
    get(world, "/api/users/me/usage", world.headers),
    get(world, "/api/users/me"),
    get(world, "/readyz"),
  ]);
};

/** As the system does when memory is short. */
const killChildren: Part = async ({ server }, round) => {
  const [child] = childrenOf(server.pid);
  if (child === undefined || round % 16 !== 8) return;
  try {
    process.kill(child, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
};

const PARTS: readonly Part[] = [
  readImages,
  readDocuments,
  sendWrongFiles,
  leaveEarly,
  guessPasswords,
  runJobs,
  lookAtUsage,
  killChildren,
];
