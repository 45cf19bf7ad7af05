/**
 * Pages a second of the built-in engine with two processes against two of Debian's tesseract, one
 * thread each, on the same pixels and in turns: `bun run bench:pages [--filter en_] [--rounds 3]
 * [--json]`. The documents are those of `$OCR_DATA/truth`; handwriting, which neither reads, is
 * left out.
 */
import { parseArgs } from "node:util";
import { createLogger } from "../src/server/logger.ts";
import type { PageImage } from "../src/server/page-image.ts";
import { Raster } from "../src/server/raster/raster.ts";
import { drawDocument } from "./accuracy/draw.ts";
import { type Reader, createReader } from "./accuracy/readers.ts";
import { readTruth } from "./accuracy/truth.ts";

const PROCESSES = 2;

const { values: options } = parseArgs({
  options: {
    filter: { type: "string", default: "en_" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});

interface Page {
  image: PageImage;
  language: string;
}

interface Round {
  pagesPerSecond: number;
  /** Resident MiB of the largest process. */
  peakMb: number;
}

/** The pages of the documents, drawn once for all rounds. */
async function drawPages(folder: string, reader: Reader): Promise<Page[]> {
  const logger = createLogger("warn");
  await using raster = new Raster({
    processes: 1,
    timeoutMs: 60_000,
    memoryLimitMb: 2048,
    logger,
  });
  const pages: Page[] = [];
  for (const document of readTruth(folder, options.filter)) {
    if (document.group === "Handwriting") continue;
    const image = await drawDocument(raster, document, reader.profile);
    pages.push({ image, language: document.language });
  }
  return pages;
}

/** Reads all pages once, as many at a time as there are readers. */
async function readAll(readers: readonly Reader[], pages: readonly Page[]): Promise<Round> {
  const waiting = pages.values();
  const startedAt = performance.now();
  await Promise.all(
    readers.map(async (reader) => {
      for (const { image, language } of waiting) await reader.read(image, language);
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const peakMb = Math.max(...readers.map((reader) => reader.peakMb()));
  return { pagesPerSecond: pages.length / seconds, peakMb };
}

async function main(): Promise<void> {
  const folder = process.env["OCR_DATA"];
  if (folder === undefined) throw new Error("Set OCR_DATA to the folder that holds truth/.");
  await using stack = new AsyncDisposableStack();
  const engine = stack.use(await createReader("embedded", PROCESSES));
  // One engine has both processes; a tesseract is one.
  const ours = [engine, engine];
  const theirs = [
    stack.use(await createReader("tesseract")),
    stack.use(await createReader("tesseract")),
  ];
  const pages = await drawPages(folder, engine);
  await readAll(ours, pages.slice(0, PROCESSES));
  const rounds: { embedded: Round; tesseract: Round; ratio: number }[] = [];
  for (let round = 1; round <= Number(options.rounds); round++) {
    const embedded = await readAll(ours, pages);
    const tesseract = await readAll(theirs, pages);
    const ratio = embedded.pagesPerSecond / tesseract.pagesPerSecond;
    rounds.push({ embedded, tesseract, ratio });
    if (!options.json) console.log(`round ${round}: ${toText(embedded, tesseract, ratio)}`);
  }
  const ratios = rounds.map(({ ratio }) => ratio).toSorted((a, b) => a - b);
  const medianRatio = ratios[Math.floor(ratios.length / 2)] ?? 0;
  if (options.json) console.log(JSON.stringify({ pages: pages.length, rounds, medianRatio }));
  else console.log(`${pages.length} pages, median speed ratio ${medianRatio.toFixed(2)}`);
}

function toText(embedded: Round, tesseract: Round, ratio: number): string {
  const side = ({ pagesPerSecond, peakMb }: Round): string =>
    `${pagesPerSecond.toFixed(2)} pages/s, ${peakMb.toFixed(0)} MiB a process`;
  return `embedded ${side(embedded)}; tesseract ${side(tesseract)}; ratio ${ratio.toFixed(2)}`;
}

await main();
