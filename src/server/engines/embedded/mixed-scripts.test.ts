/** Pages of letters are read for letters alone; what else stands on them is not lost. */
import { beforeAll, describe, expect, test } from "bun:test";
import { hanPixels } from "../../../../tests/fixtures/han.ts";
import { bmp } from "../../../../tests/fixtures/pixels.ts";
import { readBmp } from "./picture.ts";
import { shippedModels } from "./model-files.ts";
import { type Models, loadModels } from "./models.ts";
import { readPage } from "./read-page.ts";
import { CAREFUL, TextLine } from "./recognize.ts";

const PAGE_MS = 60_000;
const english = [
  "The quick brown fox jumps over the lazy dog while it rains",
  "Payment by bank card and by post is accepted here today",
  "It was the best of times, it was the worst of times",
  "The end of this page is near and nothing else follows",
];

let models: Models;
beforeAll(async () => {
  models = await loadModels(shippedModels);
});

async function read(lines: readonly string[]): Promise<string> {
  const { width, height, data } = hanPixels(lines);
  const image = { bytes: bmp({ width, height, data }), mime: "image/bmp", width, height } as const;
  let text = "";
  await readPage(models, image, (piece) => void (text += piece), new AbortController().signal);
  return text;
}

describe("a page in English", () => {
  test.each([
    ["a line in Chinese", "电话代收"],
    ["a line in Chinese with its marks", "网络支付并无本质的区别。"],
    ["one Chinese character among letters", "The third part, 第 3 章 of this book"],
    ["one Chinese character", "山"],
  ])(
    "keeps %s",
    async (_, line) => {
      const text = await read([...english, line]);
      expect(text.replaceAll(/\s/g, "")).toContain(line.replaceAll(/\s/g, ""));
    },
    PAGE_MS,
  );

  test(
    "is read the same for letters alone",
    async () => {
      const [line = ""] = english;
      const { width, height, data } = hanPixels([line]);
      const image = { bytes: bmp({ width, height, data }), mime: "image/bmp", width, height };
      const picture = readBmp({ ...image, mime: "image/bmp" });
      const box = { center: { x: 500, y: 84 }, width: 940, height: 48, angle: 0 };
      const drawn = new TextLine(models, picture, box);
      const [alone, whole] = [
        await drawn.recognize({ ...CAREFUL, isAlphabetic: true }),
        await drawn.recognize(CAREFUL),
      ];
      expect(alone.map(({ text }) => text).join("")).toBe(line.replaceAll(" ", ""));
      expect(alone.map(({ text }) => text)).toEqual(whole.map(({ text }) => text));
    },
    PAGE_MS,
  );
});
