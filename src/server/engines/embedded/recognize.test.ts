/** Which of the two recognisers reads what of a line. */
import { afterEach, beforeAll, describe, expect, spyOn, test } from "bun:test";
import type * as ort from "onnxruntime-node";
import { hanPixels } from "../../../../tests/fixtures/han.ts";
import type { Character } from "./ctc.ts";
import { shippedModels } from "./model-files.ts";
import { type Models, type Recognition, loadModels, runModel } from "./models.ts";
import { packedPicture } from "./picture.ts";
import { INPUTS, TextLine } from "./recognize.ts";

const PAGE_MS = 60_000;
/** What is left of a probability that is not sure any more, but may still be the highest. */
const SHARE = 0.55;
const LETTERS = { squeeze: 1, isAlphabetic: true };
const WHOLE = "It was the best of times, it was the worst of times";
/** The characters of "best", and one of each word but the short ones in two thirds of the line. */
const BEST = [8, 9, 10, 11];
const MOST = [6, 9, 15, 22, 25, 29];

let models: Models;
let recognition: Recognition;
let quick: ort.InferenceSession;
let restores: (() => void)[] = [];
beforeAll(async () => {
  models = await loadModels(shippedModels);
  ({ recognition } = models);
  if (!recognition.quick) throw new Error("there is no quick recogniser");
  quick = recognition.quick;
});
afterEach(() => {
  for (const restore of restores) restore();
  restores = [];
});

function lineOf(text: string): TextLine {
  const { width, height, data } = hanPixels([text]);
  const picture = packedPicture(width, height, data);
  const box = { center: { x: 435, y: 84 }, width: 770, height: 48, angle: 0 };
  return new TextLine(models, picture, box);
}

type Doubt = (result: ort.Tensor) => void;

/**
 * @param doubt changes what a session gives.
 * @returns the widths of the pictures that a session is given from now on.
 */
function watch(session: ort.InferenceSession, doubt?: Doubt): number[] {
  const widths: number[] = [];
  const run = session.run.bind(session);
  const spy = spyOn(session, "run").mockImplementation(async (feeds) => {
    for (const { dims } of Object.values(feeds))
      if ("length" in dims) widths.push(dims.at(-1) ?? 0);
    const results = await run(feeds);
    for (const result of Object.values(results)) doubt?.(result);
    return results;
  });
  restores.push(() => spy.mockRestore());
  return widths;
}

/** Makes a recogniser sure of all that it reads, so that doubts are those of the test alone. */
const sure: Doubt = ({ data, dims: [, steps = 0, classes = 0] }) => {
  if (!(data instanceof Float32Array)) throw new Error("no floats");
  for (let step = 0; step < steps; step++) {
    const row = data.subarray(step * classes, (step + 1) * classes);
    const best = row.indexOf(Math.max(...row));
    row.fill(0)[best] = 1;
  }
};

/** Takes from some of a line's characters, whose places are given, what makes them sure. */
function doubtOf(
  line: readonly Character[],
  places: readonly number[],
  other = "",
  share = SHARE,
): Doubt {
  const instead = recognition.letters.indexOf(other);
  return (result) => {
    sure(result);
    const { data, dims } = result;
    const [, steps = 0, classes = 0] = dims;
    if (!(data instanceof Float32Array)) throw new Error("no floats");
    for (const { text, center } of places.flatMap((place) => line[place] ?? [])) {
      const own = recognition.letters.indexOf(text);
      for (let step = Math.floor(center * steps) - 2; step < center * steps + 2; step++) {
        const row = data.subarray(step * classes, (step + 1) * classes);
        if (Math.max(...row) !== row[own]) continue;
        for (const [index, value] of row.entries()) row[index] = value * share;
        row[instead] = (row[instead] ?? 0) + 1 - share;
      }
    }
  };
}

/** Leaves nothing in what is a probability for each character. */
const blank: Doubt = ({ data, dims: [, , classes = 0] }) => {
  const { letters, characters } = recognition;
  if (classes !== letters.length && classes !== characters.length) return;
  if (!(data instanceof Float32Array)) throw new Error("no floats");
  for (let index = 0; index < data.length; index++) data[index] = index % classes === 0 ? 1 : 0;
};

function textOf(characters: readonly Character[]): string {
  return characters.map(({ text }) => text).join("");
}

test("the quick recogniser tells as many letters apart as the large one, at as many steps", async () => {
  const width = 160;
  const shapeOf = async (
    session: ort.InferenceSession,
    { rows, planes }: { rows: number; planes: number },
  ): Promise<unknown> => {
    const data = new Float32Array(planes * rows * width);
    const [probabilities] = await runModel(session, data, [1, planes, rows, width]);
    return probabilities?.dims;
  };
  const shape = [1, width / 8, recognition.letters.length];
  expect(await shapeOf(quick, INPUTS.quick)).toEqual(shape);
  expect(await shapeOf(recognition.body, INPUTS.large)).toEqual(shape);
});

describe("a line of letters", () => {
  const text = WHOLE.replaceAll(" ", "");

  test(
    "is read by the quick recogniser alone where that is sure",
    async () => {
      const [first, second] = [watch(quick, sure), watch(recognition.body)];
      expect(textOf(await lineOf(WHOLE).recognize(LETTERS))).toBe(text);
      expect([first.length, second.length]).toEqual([1, 0]);
    },
    PAGE_MS,
  );

  test(
    "has the word that the quick one is not sure of from the large one, in its place",
    async () => {
      const line = lineOf(WHOLE);
      const clear = await line.recognize(LETTERS);
      const first = watch(quick, doubtOf(clear, BEST, "x", 1 - SHARE));
      const second = watch(recognition.body);
      const mended = await line.recognize(LETTERS);
      expect(textOf(mended)).toBe(text);
      expect([first.length, second.length]).toEqual([1, 1]);
      expect(second[0]).toBeLessThan((first[0] ?? 0) / 4);
      for (const [index, { center }] of mended.entries()) {
        expect(Math.abs(center - (clear[index]?.center ?? 0))).toBeLessThan(0.01);
      }
      expect(mended[BEST[0] ?? 0]?.spaceBefore).toBeGreaterThan(0.5);
    },
    PAGE_MS,
  );

  test(
    "keeps the word as the quick one read it where the large one sees nothing",
    async () => {
      const line = lineOf(WHOLE);
      const clear = await line.recognize(LETTERS);
      watch(quick, doubtOf(clear, BEST.slice(0, 1)));
      const second = watch(recognition.body, blank);
      if (recognition.head) watch(recognition.head, blank);
      expect(textOf(await line.recognize(LETTERS))).toBe(text);
      expect(second).toHaveLength(1);
    },
    PAGE_MS,
  );

  test(
    "is read by the large one as a whole where most of it is doubtful",
    async () => {
      const line = lineOf(WHOLE);
      const clear = await line.recognize(LETTERS);
      const first = watch(quick, doubtOf(clear, MOST));
      const second = watch(recognition.body);
      expect(textOf(await line.recognize(LETTERS))).toBe(text);
      expect(second).toEqual(first);
    },
    PAGE_MS,
  );

  test(
    "is read by the large one alone on a page that has other characters, too",
    async () => {
      const [first, second] = [watch(quick), watch(recognition.body)];
      await lineOf(WHOLE).recognize({ ...LETTERS, isAlphabetic: false });
      expect([first.length, second.length]).toEqual([0, 1]);
    },
    PAGE_MS,
  );
});

describe("a sample of a page", () => {
  test.each([
    ["is read by the quick recogniser alone where it is of letters", WHOLE, 0],
    ["is read by the large one where it may not be", "网络支付并无本质的区别，手机银行也是这样", 1],
  ])(
    "%s",
    async (_, text, runs) => {
      const [first, second] = [watch(quick), watch(recognition.body)];
      const characters = textOf(await lineOf(text).sample());
      expect(characters).toContain(text.replaceAll(" ", "").slice(0, 8));
      expect([first.length, second.length]).toEqual([1, runs]);
    },
    PAGE_MS,
  );
});
