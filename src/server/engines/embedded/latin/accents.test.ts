/** Accents of drawn pages, through the engine and its processes. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { textPixels } from "../../../../../tests/fixtures/images.ts";
import { bmp } from "../../../../../tests/fixtures/pixels.ts";
import { createLogger } from "../../../logger.ts";
import type { PageImage } from "../../../page-image.ts";
import { type EmbeddedEngine, createEmbeddedEngine } from "../engine.ts";
import { shippedModels } from "../model-files.ts";
import { loadModels } from "../models.ts";
import { readPage } from "../read-page.ts";
import type { LatinLanguage } from "./function-words.ts";

const PAGE_MS = 60_000;
const { signal } = new AbortController();

const texts: Record<LatinLanguage, string[]> = {
  de: ["Die Größe der Gläser für die Küche", "war übrigens auch nicht die gewünschte."],
  fr: ["Où êtes-vous allés à Noël cette année ?", "Ça n'a pas déçu les élèves de la forêt."],
  es: ["¿Cuándo volverás a España, señora?", "El médico no está aquí por la mañana."],
  it: ["La città è così bella che non c'è più", "posto; però lunedì sarà già libero."],
  nl: ["De financiële gegevens van België", "zijn één voor één met de reünie gezien."],
};

function draw(lines: readonly string[]): PageImage {
  const pixels = textPixels(lines);
  return { bytes: bmp(pixels), mime: "image/bmp", width: pixels.width, height: pixels.height };
}

function wordsOf(text: string): string[] {
  return text.replaceAll(/[’‘]/g, "'").split(/\s+/);
}

describe("accents", () => {
  let engine: EmbeddedEngine;
  beforeAll(() => {
    engine = createEmbeddedEngine({
      processes: 1,
      memoryLimitMb: 800,
      logger: createLogger("silent"),
    });
  });
  afterAll(async () => await engine[Symbol.asyncDispose]());

  test.each(Object.entries(texts))(
    "of a page in %s are read, and each word keeps its place",
    async (_, lines) => {
      const events = await Array.fromAsync(engine.stream(draw(lines), { prompt: "" }, signal));
      const end = events.at(-1);
      if (end?.type !== "end") throw new Error("the page has no end");
      const wanted = lines.flatMap((line) => wordsOf(line));
      const found = (end.lines ?? []).flatMap((line) => line.words ?? []);
      const right = wanted.filter((word) => found.some(({ text }) => wordsOf(text)[0] === word));
      // Each text has more than ten words; one may be wrong.
      expect(right.length).toBeGreaterThanOrEqual(wanted.length - 1);
      for (const { box } of found) expect(box[2]).toBeGreaterThan(box[0]);
      expect(end.confidence).toBeGreaterThan(0.8);
    },
    PAGE_MS,
  );

  test(
    "cost a page in English, or in a language that nobody expects, nothing: the second recogniser is not even loaded",
    async () => {
      const models = await loadModels(shippedModels);
      const read = async (lines: string[], languages?: LatinLanguage[]): Promise<string> => {
        let text = "";
        const emit = (piece: string): void => void (text += piece);
        await readPage(models, draw(lines), emit, signal, languages);
        return text;
      };
      await read(["The quick brown fox is in the café", "and it was the best of all the times."]);
      expect(models.secondReader.isLoaded).toBe(false);
      expect(await read(texts.de, ["fr"])).not.toContain("ö");
      expect(models.secondReader.isLoaded).toBe(false);
      expect(await read(texts.de)).toContain("Größe");
      expect(models.secondReader.isLoaded).toBe(true);
    },
    PAGE_MS,
  );
});
