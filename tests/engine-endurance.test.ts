/**
 * The built-in engine over many pages in a row: no page is lost, no process grows above 500 MB, none
 * is left behind. `PAGES=1000 bun test tests/engine-endurance.test.ts` reads more of them, and large
 * ones as often as small ones.
 */
import { expect, test } from "bun:test";
import { createEmbeddedEngine } from "../src/server/engines/embedded/engine.ts";
import { createLogger } from "../src/server/logger.ts";
import type { PageImage } from "../src/server/page-image.ts";
import { residentMb } from "../src/server/processes/memory.ts";
import { hanPixels } from "./fixtures/han.ts";
import { textPixels } from "./fixtures/images.ts";
import { type RgbPixels, bmp } from "./fixtures/pixels.ts";
import { watchPeak } from "./fixtures/process-tree.ts";

const PAGES = Number(process.env["PAGES"] || 200);
/** One page of so many is as large and dense as a scan of A4. */
const LARGE_EVERY = process.env["PAGES"] ? 2 : 50;
const PROCESSES = 2;
const MOST_MB = 500;
const { signal } = new AbortController();

/** One word of each, by which its page is known again. */
const texts = [
  { line: "Invoice for paper and ink", word: "Invoice" },
  { line: "Die Rechnung ist bezahlt und die Ware ist da", word: "Rechnung" },
  { line: "La factura de la casa que no es para el", word: "factura" },
  { line: "网络支付并无本质的区别。", word: "网络支付" },
];

function pageOf(number: number): { image: PageImage; word: string } {
  const { line, word } = texts[number % texts.length] ?? { line: "", word: "" };
  const isLarge = number % LARGE_EVERY === LARGE_EVERY - 1;
  const pixels = draw(isLarge ? Array.from({ length: 50 }, () => line) : [line]);
  const { width, height } = pixels;
  return { image: { bytes: bmp(pixels), mime: "image/bmp", width, height }, word };
}

function draw(lines: readonly string[]): RgbPixels {
  const isHan = /\p{Script=Han}/u.test(lines[0] ?? "");
  // Small pages are drawn small, or most of the time would go into finding their lines.
  if (isHan) return hanPixels(lines.slice(0, 36), lines.length > 1 ? 1600 : 700);
  return textPixels(lines, lines.length > 1 ? 2 : 1);
}

test(
  `${PAGES} pages in a row are all read, in no more memory than at the start`,
  async () => {
    const logger = createLogger("silent");
    const seen = new Set<number>();
    const missing: number[] = [];
    let peakMb = 0;
    {
      const limits = { processes: PROCESSES, memoryLimitMb: 640 };
      await using engine = createEmbeddedEngine({ ...limits, logger });
      using peak = watchPeak(() => {
        for (const pid of engine.pids) seen.add(pid);
        return Math.max(0, ...engine.pids.map((pid) => residentMb(pid) ?? 0));
      });
      const numbers = Array.from({ length: PAGES }, (_, number) => number).values();
      const work = async (): Promise<void> => {
        for (const number of numbers) {
          const { image, word } = pageOf(number);
          let text = "";
          for await (const event of engine.stream(image, { prompt: "" }, signal)) {
            if (event.type === "delta") text += event.delta;
          }
          if (!text.includes(word)) missing.push(number);
        }
      };
      await Promise.all(Array.from({ length: PROCESSES }, work));
      peakMb = peak.peakMb;
    }
    expect(missing).toEqual([]);
    expect(peakMb).toBeGreaterThan(50);
    expect(peakMb).toBeLessThan(MOST_MB);
    expect(seen.size).toBeGreaterThanOrEqual(PROCESSES);
    expect([...seen].filter((pid) => residentMb(pid) !== undefined)).toEqual([]);
  },
  PAGES * 3000,
);
