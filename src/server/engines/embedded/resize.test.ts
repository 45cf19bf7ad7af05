import { describe, expect, test } from "bun:test";
import type { Picture } from "./picture.ts";
import type { Part } from "./print-bounds.ts";
import { cropToTensor } from "./resample.ts";
import { toTensor } from "./resize.ts";

const plain = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;

function picture(width: number, height: number, pixel: (x: number, y: number) => number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      data.fill(pixel(x, y), (y * width + x) * 3, (y * width + x) * 3 + 3);
  }
  return { width, height, data };
}

const wholeOf = ({ width, height }: Picture): Part => ({ left: 0, top: 0, width, height });

describe("a picture at another size", () => {
  test("at its own size is itself, normalised, blue before green before red", () => {
    const colours = { width: 2, height: 1, data: Uint8Array.of(255, 0, 51, 0, 255, 102) };
    const normalization = { mean: [0.5, 0, 0], deviation: [0.5, 1, 2] } as const;
    const tensor = toTensor(colours, wholeOf(colours), { width: 2, height: 1 }, normalization);
    expect([...tensor].map((value) => Math.round(value * 1000) / 1000)).toEqual([
      1, -1, 0, 1, 0.1, 0.2,
    ]);
  });

  test("half as large, each pixel is the mean of four", () => {
    const board = picture(4, 2, (x, y) => (x + y) * 40);
    const tensor = toTensor(board, wholeOf(board), { width: 2, height: 1 }, plain);
    expect(tensor[0]).toBeCloseTo(40 / 255, 5);
    expect(tensor[1]).toBeCloseTo(120 / 255, 5);
  });

  test("a part of it is as if there were no more", () => {
    const level = (x: number, y: number): number => (x * 3 + y * 7) % 256;
    const part = { left: 5, top: 8, width: 40, height: 30 };
    const alone = picture(40, 30, (x, y) => level(x + part.left, y + part.top));
    const size = { width: 32, height: 32 };
    const tensor = toTensor(picture(60, 50, level), part, size, plain);
    expect(tensor).toEqual(toTensor(alone, wholeOf(alone), size, plain));
  });

  test.each([
    [100, 70, 64, 32],
    [97, 61, 64, 96],
    [30, 20, 96, 64],
    [1, 1, 32, 32],
    [500, 3, 96, 32],
  ])("%d by %d as %d by %d keeps its brightness and its shape", (w, h, width, height) => {
    const slope = picture(w, h, (x, y) => Math.round(((x / w + y / h) / 2) * 255));
    const fast = toTensor(slope, wholeOf(slope), { width: width, height: height }, plain);
    const whole = { center: { x: w / 2, y: h / 2 }, width: w, height: h, angle: 0 };
    const sampled = cropToTensor(slope, whole, width, height, plain);
    let largest = 0;
    for (const [index, value] of fast.entries()) {
      largest = Math.max(largest, Math.abs(value - (sampled[index] ?? 0)));
    }
    expect(largest).toBeLessThan(0.08);
  });
});

test("a picture that is known to be grey is cropped and resized the same", () => {
  const slope = picture(60, 20, (x, y) => (x * 3 + y * 7) % 256);
  const box = { center: { x: 31, y: 9.5 }, width: 50.5, height: 13.2, angle: 0.1 };
  const normalization = { mean: [0.5, 0.4, 0.3], deviation: [0.5, 1, 2] } as const;
  const coloured = cropToTensor(slope, box, 96, 48, normalization);
  expect(cropToTensor({ ...slope, isGrey: true }, box, 96, 48, normalization)).toEqual(coloured);
  const small = toTensor(slope, wholeOf(slope), { width: 32, height: 16 }, normalization);
  expect(
    toTensor({ ...slope, isGrey: true }, wholeOf(slope), { width: 32, height: 16 }, normalization),
  ).toEqual(small);
});
