/**
 * The dashboard under load: many pages that stream at once into the reading room of a real browser.
 * Run: `bun run bench:dashboard`. Prints the tasks of the browser's main thread after the first second,
 * beside those of the same page while it is idle; the memory of the page when it ends and a while later;
 * and whether every text is whole. Server and engine give way to the browser, which elsewhere has a
 * machine of its own; where they share few cores with it, a task still waits for its turn now and then:
 * its time on the processor is what the page itself takes.
 */
import { availableParallelism, constants, loadavg, setPriority } from "node:os";
import type { Page } from "playwright-core";
import { startSite } from "../e2e/browser.ts";
import { startScriptedEngine } from "../src/server/engines/scripted/server.ts";
import { numberedPdf, pageNumberOf } from "../tests/fixtures/numbered-pages.ts";
import { typedClient } from "../tests/typed-client.ts";
import { type Task, watchMainThread } from "./dashboard/main-thread.ts";

const PAGES = 64;
const TOKENS_PER_SECOND = 100;
const SECONDS = 30;
const MIB = 1024 * 1024;
/** A task that people notice (W3C Long Tasks). */
const LONG_MS = 50;
const IDLE_MS = 5_000;
/** For what the end itself brings, such as the texts that have come into view. */
const SETTLE_MS = 2_000;
/** In which what is no longer needed should be gone. */
const REST_MS = 5_000;

/** About four characters a token, some of them Markdown. */
const WORDS = [
  "the ",
  "quay",
  " was",
  " full",
  " of **",
  "paper",
  "** and",
  " ink.",
  "\n\n",
  "- so ",
];

function textOf(page: number): string {
  const tokens = Array.from(
    { length: TOKENS_PER_SECOND * SECONDS },
    (_, index) => WORDS[(index + page) % WORDS.length] ?? "",
  );
  return `# Page ${page}\n\n${tokens.join("")}`;
}

await using engine = await startScriptedEngine(async ({ image }) => {
  const text = textOf(await pageNumberOf(image));
  const chunkChars = Math.ceil(text.length / (TOKENS_PER_SECOND * SECONDS));
  return { text, chunkChars, paceMs: 1000 / TOKENS_PER_SECOND };
});
await using site = await startSite({
  LLM_BASE_URL: engine.url,
  OCR_PAGE_CONCURRENCY: String(PAGES),
});
const client = typedClient(site.url);
const form = new FormData();
form.set("file", new Blob([new Uint8Array(await numberedPdf(PAGES))]), "bench.pdf");
const { id: documentId } = await client.documents.upload.mutate(form);
const { page } = await site.open(
  { viewport: { width: 1440, height: 900 } },
  `/documents/${documentId}`,
);
for (const pid of [process.pid, site.pid]) setPriority(pid, constants.priority.PRIORITY_LOW);
const idleWatch = await watchMainThread(page);
await Bun.sleep(IDLE_MS);
const idle = await idleWatch.stop();
const { id } = await client.jobs.start.mutate({ documentId });
await page.reload();
const startedAt = performance.now();
const watch = await watchMainThread(page);
await untilDone(id);
const seconds = (performance.now() - startedAt) / 1000;
await Bun.sleep(SETTLE_MS);
const busy = (await watch.stop()).filter(({ at }) => at > 1);
const atEnd = await heapMib(page);
await Bun.sleep(REST_MS);
const later = await heapMib(page);
let whole = 0;
for (let number = 1; number <= PAGES; number++) {
  const stored = await client.jobs.page.query({ id, page: number });
  if (stored.text === textOf(number)) whole++;
}
const shown = await page.evaluate(() => document.body.innerText.length);
const sent = engine.calls.reduce((sum, call) => sum + call.chunksSent, 0);
const long = busy.filter(({ ms }) => ms > LONG_MS);

process.stdout.write(
  [
    `${PAGES} pages x ${TOKENS_PER_SECOND} tokens a second, ${seconds.toFixed(1)} s;` +
      ` ${Math.round(sent / seconds / PAGES)} a second and page came from the engine`,
    `the machine: ${availableParallelism()} cores, load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}`,
    `idle for ${IDLE_MS / 1000} s: ${summaryOf(idle)}`,
    `after the first second: ${summaryOf(busy)}; ${shareOf(busy)} of a core`,
    ...long.map(
      ({ at, ms, cpuMs }) =>
        `  ${ms.toFixed(0)} ms at ${at.toFixed(1)} s, of them ${cpuMs.toFixed(0)} on the processor`,
    ),
    `heap of the page: ${atEnd.toFixed(1)} MiB at the end, ${later.toFixed(1)} MiB ${REST_MS / 1000} s later`,
    `texts that are whole: ${whole} of ${PAGES}; characters on the screen: ${shown}`,
    "",
  ].join("\n"),
);

async function untilDone(jobId: string): Promise<void> {
  for (;;) {
    const { state } = await client.jobs.get.query({ id: jobId });
    if (state === "done") return;
    await Bun.sleep(500);
  }
}

function summaryOf(tasks: readonly Task[]): string {
  const longest = (of: (task: Task) => number): string => Math.max(0, ...tasks.map(of)).toFixed(0);
  const count = (of: (task: Task) => number): number =>
    tasks.filter((task) => of(task) > LONG_MS).length;
  const clock = (task: Task): number => task.ms;
  const processor = (task: Task): number => task.cpuMs;
  return (
    `${count(clock)} tasks over ${LONG_MS} ms, the longest ${longest(clock)} ms;` +
    ` by time on the processor ${count(processor)}, the longest ${longest(processor)} ms`
  );
}

function shareOf(tasks: readonly Task[]): string {
  const first = tasks[0]?.at ?? 0;
  const last = tasks.at(-1)?.at ?? 0;
  const busyMs = tasks.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return `${Math.round(busyMs / 10 / Math.max(1, last - first))} %`;
}

/** After a collection, so that only what is held counts. */
async function heapMib(target: Page): Promise<number> {
  const session = await target.context().newCDPSession(target);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize / MIB;
}
