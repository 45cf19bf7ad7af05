/** Real pages with accents: letters, books of three centuries, photographed textbooks. */
import { describe, expect, test } from "bun:test";
import { score } from "../../../../../bench/accuracy/score.ts";
import { readTruth } from "../../../../../bench/accuracy/truth.ts";
import { sniffFileType } from "../../../documents/sniff.ts";
import { createLogger } from "../../../logger.ts";
import { Raster } from "../../../raster/raster.ts";
import { createEmbeddedEngine } from "../engine.ts";

const data = process.env["OCR_DATA"];
/** Measured: 0.95 and 0.99. */
const LEAST_WORD_F1 = 0.93;
const LEAST_CHARACTER_F1 = 0.975;
const ALL_MS = 600_000;

describe.skipIf(data === undefined)("pages in German, French, Spanish and Italian", () => {
  test(
    "are read with their accents",
    async () => {
      const documents = readTruth(data ?? "", "").filter((one) =>
        /^(?:de|fr|es|it)_/.test(one.name),
      );
      const logger = createLogger("silent");
      await using engine = createEmbeddedEngine({ processes: 2, memoryLimitMb: 1000, logger });
      await using raster = new Raster({
        processes: 1,
        timeoutMs: 60_000,
        memoryLimitMb: 1024,
        logger,
      });
      const { signal } = new AbortController();
      const scores = await Promise.all(
        documents.map(async ({ path, truth }) => {
          const type = sniffFileType(await Bun.file(path).slice(0, 2048).bytes());
          if (!type) throw new Error(`${path} cannot be read`);
          const limits = { maxPages: 10, maxPixels: 1e8 };
          const page = await raster.render({ path, type }, 1, limits, engine.profile, signal);
          let text = "";
          for await (const event of engine.stream(page.image, { prompt: "" }, signal)) {
            if (event.type === "delta") text += event.delta;
          }
          return score(truth, text);
        }),
      );
      const mean = (values: number[]): number =>
        values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(scores.length).toBeGreaterThanOrEqual(14);
      expect(mean(scores.map((one) => one.wordF1))).toBeGreaterThan(LEAST_WORD_F1);
      expect(mean(scores.map((one) => one.characterF1))).toBeGreaterThan(LEAST_CHARACTER_F1);
    },
    ALL_MS,
  );
});
