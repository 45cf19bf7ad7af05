/** Those who follow a job, and do not read: what they cost, and what they leave behind. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ScriptedAnswer } from "../src/server/engines/scripted/answer.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { residentMb } from "../src/server/processes/memory.ts";
import { JobView } from "../src/shared/job-view.ts";
import { numberedPdf } from "./fixtures/numbered-pages.ts";
import { followAndStall } from "./fixtures/stalling-follower.ts";
import { startServer, startServerProcess, uploadForm } from "./server.ts";
import { type TypedClient, followJob, typedClient } from "./typed-client.ts";

const FOLLOWERS = 20;
const MOST_MB_EACH = 4;
const SAMPLES = 30;
const SAMPLE_MS = 100;
const OPTIONS = { timeout: 60_000 };

let folder: string;
let engine: ScriptedEngineServer;
let answer: () => ScriptedAnswer | Promise<ScriptedAnswer>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-followers-"));
  engine = await startScriptedEngine(() => answer());
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function startJob(client: TypedClient, pages: number): Promise<string> {
  const form = uploadForm(await numberedPdf(pages), {}, "numbered.pdf");
  const document = await client.documents.upload.mutate(form);
  return (await client.jobs.start.mutate({ documentId: document.id })).id;
}

async function untilEnded(client: TypedClient, id: string): Promise<void> {
  while ((await client.jobs.get.query({ id })).endedAt === undefined) await Bun.sleep(50);
}

/** In the next seconds: when the collector comes is its own affair. */
async function lowest(sample: () => number): Promise<number> {
  let least = Infinity;
  for (let n = 0; n < SAMPLES; n++) {
    await Bun.sleep(SAMPLE_MS);
    least = Math.min(least, sample());
  }
  return least;
}

test(
  `who stalls while megabytes are read holds at most ${MOST_MB_EACH} of them`,
  async () => {
    await using server = await startServerProcess(folder, {
      LLM_BASE_URL: engine.url,
      // As on a small machine: the collector runs often, and the peak is what is held.
      BUN_JSC_forceRAMSize: String(64 * 1024 * 1024),
    });
    const client = typedClient(server.url);
    const resident = (): number => residentMb(server.pid) ?? 0;
    const text = "Some text, 第一页. ".repeat(100_000);

    /** MiB that are held after a job of 12 MB has been read, by those who still stall. */
    async function heldWith(followers: number): Promise<number> {
      const gate = Promise.withResolvers<void>();
      answer = async () => {
        await gate.promise;
        return { text, chunkChars: 4_000 };
      };
      const id = await startJob(client, 4);
      await using stack = new AsyncDisposableStack();
      for (let n = 0; n < followers; n++) stack.use(await followAndStall(server.url, id));
      gate.resolve();
      await untilEnded(client, id);
      return await lowest(resident);
    }

    await heldWith(0);
    const alone = await heldWith(0);
    const followed = await heldWith(FOLLOWERS);
    expect((followed - alone) / FOLLOWERS).toBeLessThan(MOST_MB_EACH);
  },
  OPTIONS,
);

test("who is cut off leaves nothing behind, and the job goes on", async () => {
  const gate = Promise.withResolvers<void>();
  answer = async () => {
    await gate.promise;
    return { text: "x".repeat(2_000_000), chunkChars: 1_000 };
  };
  await using server = await startServer({ LLM_BASE_URL: engine.url });
  const { lifecycle, runner } = server.services;
  const following = (): number => [...lifecycle.streams()].length;
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const client = typedClient(server.url);
  const id = await startJob(client, 2);
  const timersBefore = timers();
  const followers = await Promise.all(
    Array.from({ length: FOLLOWERS }, async () => await followAndStall(server.url, id)),
  );
  expect(following()).toBe(FOLLOWERS);
  const seen = followJob(client, { id });
  gate.resolve();
  await seen.ended;
  for (const follower of followers) await follower[Symbol.asyncDispose]();
  while (following() > 0) await Bun.sleep(10);
  expect(await client.jobs.get.query({ id })).toMatchObject({ state: "done", donePages: 2 });
  expect(runner.active).toBe(0);
  // The log is gone with its last reader: the place in it is none any more.
  const view = new JobView();
  const lastEventId = seen.batches.at(-1)?.id;
  await followJob(client, { id, lastEventId }, (event) => view.apply(event)).ended;
  expect(view.pages.get(2)?.text).toHaveLength(2_000_000);
  while (timers() > timersBefore) await Bun.sleep(10);
}, 60_000);
