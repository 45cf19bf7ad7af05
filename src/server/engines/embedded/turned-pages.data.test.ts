/**
 * Pages on their side, upside down, askew and at half their size are read as well as the originals,
 * or nearly. Real pages, turned here.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { score } from "../../../../bench/accuracy/score.ts";
import { type TruthDocument, readTruth } from "../../../../bench/accuracy/truth.ts";
import { pixelsOfPage } from "../../../../tests/fixtures/page-pixels.ts";
import { type RgbPixels, bmp } from "../../../../tests/fixtures/pixels.ts";
import { halfSize, quarterTurned, skewed } from "../../../../tests/fixtures/turned.ts";
import { sniffFileType } from "../../documents/sniff.ts";
import { createLogger } from "../../logger.ts";
import { Raster } from "../../raster/raster.ts";
import { type EmbeddedEngine, createEmbeddedEngine } from "./engine.ts";

const data = process.env["OCR_DATA"];
const PAGES = [
  "en_letter_scanner-faint.jpg",
  "en_letter_scanner-pdf.pdf",
  "en_receipt_main-street.jpg",
  "en_report_wordprocessor_render.png",
  "en_paper_multicolumn_render.png",
];
const LOSS = 0.05;
const PAGE_MS = 120_000;

const changes: [string, (pixels: RgbPixels) => RgbPixels][] = [
  ["turned by 90°", (pixels) => quarterTurned(pixels, 1)],
  ["turned by 180°", (pixels) => quarterTurned(pixels, 2)],
  ["turned by 270°", (pixels) => quarterTurned(pixels, 3)],
  ["askew by 10°", (pixels) => skewed(pixels, 10)],
  ["askew by -10°", (pixels) => skewed(pixels, -10)],
  ["at half its size", (pixels) => halfSize(pixels)],
];

describe.skipIf(data === undefined)("turned pages", () => {
  const { signal } = new AbortController();
  const documents = data === undefined ? [] : readTruth(data, "en_");
  let engine: EmbeddedEngine;
  let raster: Raster;
  beforeAll(() => {
    const logger = createLogger("silent");
    engine = createEmbeddedEngine({ processes: 2, memoryLimitMb: 800, logger });
    raster = new Raster({ processes: 1, timeoutMs: 60_000, memoryLimitMb: 1024, logger });
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
    await raster[Symbol.asyncDispose]();
  });

  async function pixelsOf({ path }: TruthDocument): Promise<RgbPixels> {
    const type = sniffFileType(await Bun.file(path).slice(0, 2048).bytes());
    if (!type) throw new Error(`${path} cannot be read`);
    const limits = { maxPages: 10, maxPixels: 1e8 };
    const page = await raster.render({ path, type }, 1, limits, engine.profile, signal);
    return await pixelsOfPage(page.image);
  }

  async function wordF1(pixels: RgbPixels, truth: string): Promise<number> {
    const { width, height } = pixels;
    const image = { bytes: bmp(pixels), mime: "image/bmp" as const, width, height };
    let text = "";
    for await (const event of engine.stream(image, { prompt: "" }, signal)) {
      if (event.type === "delta") text += event.delta;
    }
    return score(truth, text).wordF1;
  }

  test.each(PAGES)(
    "%s is read whichever way it lies",
    async (name) => {
      const document = documents.find((one) => one.name === name);
      if (!document) throw new Error(`${join("truth", name)} is not in the manifest`);
      const pixels = await pixelsOf(document);
      const original = await wordF1(pixels, document.truth);
      const losses = await Promise.all(
        changes.map(async ([change, make]) => {
          const loss = original - (await wordF1(make(pixels), document.truth));
          return loss > LOSS ? `${change}: ${loss.toFixed(3)}` : "";
        }),
      );
      expect(losses.filter((loss) => loss !== "")).toEqual([]);
    },
    PAGE_MS,
  );
});
