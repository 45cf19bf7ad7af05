import { describe, expect, test } from "bun:test";
import { type Picture, packedPicture } from "./picture.ts";
import { type Normalization, cropToTensor } from "./resample.ts";
import { toTensor } from "./resize.ts";

const plain = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;

function picture(width: number, height: number, pixel: (x: number, y: number) => number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      data.fill(pixel(x, y), (y * width + x) * 3, (y * width + x) * 3 + 3);
  }
  return packedPicture(width, height, data);
}

/** As a BMP holds it. */
function greyFromBottom(
  width: number,
  height: number,
  pixel: (x: number, y: number) => number,
): Picture {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data[(height - 1 - y) * width + x] = pixel(x, y);
  }
  return { width, height, data, channels: 1, origin: (height - 1) * width, stride: -width };
}

function resized(
  whole: Picture,
  width: number,
  height: number,
  normalization: Normalization,
): Float32Array {
  const size = { width, height };
  return toTensor(whole, size, { left: 0, top: 0, ...size }, normalization).slice();
}

describe("a picture at another size", () => {
  test("at its own size is itself, normalised, blue before green before red", () => {
    const colours = packedPicture(2, 1, Uint8Array.of(255, 0, 51, 0, 255, 102));
    const normalization = { mean: [0.5, 0, 0], deviation: [0.5, 1, 2] } as const;
    const tensor = resized(colours, 2, 1, normalization);
    expect([...tensor].map((value) => Math.round(value * 1000) / 1000)).toEqual([
      1, -1, 0, 1, 0.1, 0.2,
    ]);
  });

  test("half as large, each pixel is the mean of four", () => {
    const board = picture(4, 2, (x, y) => (x + y) * 40);
    const tensor = resized(board, 2, 1, plain);
    expect(tensor[0]).toBeCloseTo(40 / 255, 5);
    expect(tensor[1]).toBeCloseTo(120 / 255, 5);
  });

  test("a part of it is what it is in the whole", () => {
    const slope = picture(97, 61, (x, y) => (x * 3 + y * 7) % 256);
    const size = { width: 64, height: 96 };
    const whole = resized(slope, size.width, size.height, plain);
    const part = { left: 5, top: 8, width: 40, height: 30 };
    const tensor = toTensor(slope, size, part, plain);
    for (let channel = 0; channel < 3; channel++) {
      for (let y = 0; y < part.height; y++) {
        const from = (channel * part.height + y) * part.width;
        const to = (channel * size.height + part.top + y) * size.width + part.left;
        const row = whole.subarray(to, to + part.width);
        expect(tensor.subarray(from, from + part.width)).toEqual(row);
      }
    }
  });

  test.each([
    [100, 70, 64, 32],
    [97, 61, 64, 96],
    [30, 20, 96, 64],
    [1, 1, 32, 32],
    [500, 3, 96, 32],
  ])("%d by %d as %d by %d keeps its brightness and its shape", (w, h, width, height) => {
    const slope = picture(w, h, (x, y) => Math.round(((x / w + y / h) / 2) * 255));
    const fast = resized(slope, width, height, plain);
    const whole = { center: { x: w / 2, y: h / 2 }, width: w, height: h, angle: 0 };
    const sampled = cropToTensor(slope, whole, width, height, plain);
    let largest = 0;
    for (const [index, value] of fast.entries()) {
      largest = Math.max(largest, Math.abs(value - (sampled[index] ?? 0)));
    }
    expect(largest).toBeLessThan(0.08);
  });
});

test("a grey picture of one byte a pixel, from the bottom, is cropped and resized the same", () => {
  const level = (x: number, y: number): number => (x * 3 + y * 7) % 256;
  const slope = picture(60, 20, level);
  const grey = greyFromBottom(60, 20, level);
  const box = { center: { x: 31, y: 9.5 }, width: 50.5, height: 13.2, angle: 0.1 };
  const normalization = { mean: [0.5, 0.4, 0.3], deviation: [0.5, 1, 2] } as const;
  const coloured = cropToTensor(slope, box, 96, 48, normalization);
  expect(cropToTensor(grey, box, 96, 48, normalization)).toEqual(coloured);
  const alone = cropToTensor(grey, box, 96, 48, normalization, 1);
  expect(alone).toEqual(coloured.subarray(0, 96 * 48));
  const small = resized(slope, 32, 16, normalization);
  expect(resized(grey, 32, 16, normalization)).toEqual(small);
});

test("of a coloured picture one plane is its brightness", () => {
  const [blue, green, red] = [200, 100, 50];
  const data = new Uint8Array(20 * 10 * 3).map((_, i) => [blue, green, red][i % 3] ?? 0);
  const box = { center: { x: 10, y: 5 }, width: 16, height: 8, angle: 0.2 };
  const tensor = cropToTensor(packedPicture(20, 10, data), box, 32, 16, plain, 1);
  expect(tensor).toHaveLength(32 * 16);
  const brightness = (0.114 * blue + 0.587 * green + 0.299 * red) / 255;
  for (const value of tensor) expect(value).toBeCloseTo(brightness, 4);
});
