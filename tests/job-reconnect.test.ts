/**
 * Jobs followed over a network that fails: whatever is cut and wherever, what somebody sees is what
 * is stored. `CUTS=500 CUT_SEED=7 bun test tests/job-reconnect.test.ts` cuts more often, elsewhere.
 */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { JobView } from "../src/shared/job-view.ts";
import { type CuttingProxy, startCuttingProxy } from "./fixtures/cutting-proxy.ts";
import { numberedPdf, pageNumberOf } from "./fixtures/numbered-pages.ts";
import { randomNumbers } from "./fixtures/random.ts";
import { type ServerProcess, startServerProcess, uploadForm } from "./server.ts";
import { type TypedClient, followJob, typedClient } from "./typed-client.ts";

const CUTS = Number(process.env["CUTS"] || 50);
const SEED = Number(process.env["CUT_SEED"] || 1);
const PAGES = 5;
/** Of an answer, before it is cut: some do not even get their head through, few a whole job. */
const MOST_BYTES = 30_000;

let folder: string;
let engine: ScriptedEngineServer;
let server: ServerProcess;
let direct: TypedClient;
let paceMs: number;

/** The pace of the scripts cuts its surrogate pairs. */
const textOf = (page: number): string => `Page ${page}: 南丰 𝒜𝒷𝒸 "quoted"\n`.repeat(30);

beforeEach(async () => {
  paceMs = 3;
  folder = mkdtempSync(join(tmpdir(), "my-ocr-reconnect-"));
  engine = await startScriptedEngine(async ({ image }) => ({
    text: textOf(await pageNumberOf(image)),
    chunkChars: 7,
    paceMs,
  }));
  await start();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const env = { LLM_BASE_URL: engine.url, OCR_PAGE_CONCURRENCY: "3", RASTER_PROCESSES: "1" };
  server = await startServerProcess(folder, env);
  direct = typedClient(server.url);
}

async function startJob(pages = PAGES): Promise<string> {
  const form = uploadForm(await numberedPdf(pages), {}, "numbered.pdf");
  const document = await direct.documents.upload.mutate(form);
  return (await direct.jobs.start.mutate({ documentId: document.id })).id;
}

function textsOf(view: JobView): Map<number, string> {
  return new Map(Array.from(view.pages.values(), ({ page, text }) => [page, text]));
}

function expectWhole(view: JobView, pages = PAGES): void {
  expect(view.state).toBe("done");
  const numbers = Array.from({ length: pages }, (_, index) => index + 1);
  const sorted = new Map([...textsOf(view)].toSorted(([a], [b]) => a - b));
  expect(sorted).toEqual(new Map(numbers.map((page) => [page, textOf(page)])));
}

/** What is seen at a cut is the beginning of the text, or all of it where the page is done. */
async function expectTrue(view: JobView, id: string): Promise<void> {
  for (const { page, state, text } of view.pages.values()) {
    expect(textOf(page)).toStartWith(text);
    if (state === "done") expect(text).toBe((await direct.jobs.page.query({ id, page })).text);
  }
}

/** Follows a job to its end over as many cuts as there are, each time from the last place. */
async function followOverCuts(proxy: CuttingProxy, id: string, view: JobView): Promise<void> {
  const client = typedClient(proxy.url);
  let lastEventId: string | undefined;
  for (;;) {
    const cut = proxy.untilCut().then(() => "cut" as const);
    const followed = followJob(client, { id, lastEventId }, (event) => view.apply(event));
    const ended = followed.ended.then(() => "ended" as const);
    if ((await Promise.race([cut, ended])) === "ended") return;
    // What had come through before is read by now.
    await Bun.sleep(2);
    followed.stop();
    lastEventId = followed.batches.at(-1)?.id ?? lastEventId;
    await expectTrue(view, id);
  }
}

test(
  `nothing is lost and nothing comes twice over ${CUTS} cuts`,
  async () => {
    console.log(`seed ${SEED}`);
    const random = randomNumbers(SEED);
    const budget = (): number => Math.ceil(random() ** 3 * MOST_BYTES);
    await using proxy = await startCuttingProxy(() => server.url, budget);
    while (proxy.cuts < CUTS) {
      const id = await startJob();
      const view = new JobView();
      await followOverCuts(proxy, id, view);
      expectWhole(view);
    }
  },
  CUTS * 1_000 + 30_000,
);

test("who comes late, twice or at the end sees the same as who was there all the time", async () => {
  paceMs = 4;
  const id = await startJob();
  const views = [new JobView(), new JobView(), new JobView(), new JobView()];
  const [early, twin, late, last] = views;
  const follow = async (view: JobView | undefined): Promise<void> =>
    await followJob(direct, { id }, (event) => view?.apply(event)).ended;
  const all = [follow(early), follow(twin)];
  while (![...(early?.pages.values() ?? [])].some(({ state }) => state === "done")) {
    await Bun.sleep(5);
  }
  all.push(follow(late));
  await Promise.all(all);
  await follow(last);
  for (const view of views) expectWhole(view);
});

test("who follows a job goes on with it after the server was killed in the middle", async () => {
  const whole = Number.MAX_SAFE_INTEGER;
  await using proxy = await startCuttingProxy(
    () => server.url,
    () => whole,
  );
  const id = await startJob(8);
  const view = new JobView();
  const isDone = (): boolean => [...view.pages.values()].some(({ state }) => state === "done");
  // Connects again by itself, as browsers do.
  const { ended } = followJob(typedClient(proxy.url), { id }, (event) => view.apply(event));
  while (!isDone()) await Bun.sleep(5);
  server.kill("SIGKILL");
  await server.exited;
  const seen = textsOf(view);
  expect(Math.min(...Array.from(seen.values(), (text) => text.length))).toBeLessThan(
    textOf(1).length,
  );
  await start();
  await ended;
  expectWhole(view, 8);
}, 60_000);
