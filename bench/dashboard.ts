/**
 * The dashboard under load: many pages that stream at once into the reading room of a real browser.
 * Run: `bun run bench:dashboard`. Prints the longest task of the browser's main thread after the first
 * second, the memory of the page when it ends and a while later, and whether every text is whole.
 */
import type { Page } from "playwright-core";
import { startSite } from "../e2e/browser.ts";
import { startScriptedEngine } from "../src/server/engines/scripted/server.ts";
import { numberedPdf, pageNumberOf } from "../tests/fixtures/numbered-pages.ts";
import { typedClient } from "../tests/typed-client.ts";

const PAGES = 64;
const TOKENS_PER_SECOND = 100;
const SECONDS = 30;
const MIB = 1024 * 1024;
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

interface Tasks {
  /** Start and length of each long task (W3C Long Tasks: 50 ms), in ms. */
  tasks: [number, number][];
  startedAt: number;
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
await watchTasks(page);
const { id } = await client.jobs.start.mutate({ documentId });
await page.reload();
await watchTasks(page);
const startedAt = performance.now();
let ended = false;
while (!ended) {
  const job = await client.jobs.get.query({ id });
  ended = job.state === "done";
  await Bun.sleep(500);
}
const seconds = (performance.now() - startedAt) / 1000;
const atEnd = await heapMib(page);
await Bun.sleep(REST_MS);
const later = await heapMib(page);
const { tasks, startedAt: watchedAt } = await page.evaluate((): Tasks =>
  JSON.parse(document.documentElement.dataset["tasks"] ?? "{}"),
);
const afterFirstSecond = tasks.filter(([start]) => start > watchedAt + 1000);
const longest = Math.max(0, ...afterFirstSecond.map(([, length]) => length));
let whole = 0;
for (let number = 1; number <= PAGES; number++) {
  const stored = await client.jobs.page.query({ id, page: number });
  if (stored.text === textOf(number)) whole++;
}
const shown = await page.evaluate(() => document.body.innerText.length);

process.stdout.write(
  [
    `${PAGES} pages x ${TOKENS_PER_SECOND} tokens a second, ${seconds.toFixed(1)} s`,
    `tasks over 50 ms after the first second: ${afterFirstSecond.length}, the longest ${longest.toFixed(0)} ms`,
    ...afterFirstSecond.map(
      ([start, length]) =>
        `  ${length.toFixed(0)} ms at ${((start - watchedAt) / 1000).toFixed(1)} s`,
    ),
    `heap of the page: ${atEnd.toFixed(1)} MiB at the end, ${later.toFixed(1)} MiB ${REST_MS / 1000} s later`,
    `texts that are whole: ${whole} of ${PAGES}; characters on the screen: ${shown}`,
    "",
  ].join("\n"),
);

/** Keeps the long tasks where they can be read from outside, also after this page is left. */
async function watchTasks(target: Page): Promise<void> {
  await target.evaluate(() => {
    const tasks: [number, number][] = [];
    const watched = performance.now();
    const keep = (): void => {
      document.documentElement.dataset["tasks"] = JSON.stringify({ tasks, startedAt: watched });
    };
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) tasks.push([startTime, duration]);
      keep();
    }).observe({ type: "longtask" });
    keep();
  });
}

/** After a collection, so that only what is held counts. */
async function heapMib(target: Page): Promise<number> {
  const session = await target.context().newCDPSession(target);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize / MIB;
}
