import { describe, expect, test } from "bun:test";
import { type Picture, packedPicture } from "./picture.ts";
import { printBounds } from "./print-bounds.ts";

const [WIDTH, HEIGHT] = [120, 80];

/** @param levels blue, green, red of each pixel. */
function pictureOf(levels: (x: number, y: number) => readonly [number, number, number]): Picture {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) data.set(levels(x, y), (y * WIDTH + x) * 3);
  return packedPicture(WIDTH, HEIGHT, data);
}

const PAPER = [250, 250, 250] as const;
const BLACK = [20, 20, 20] as const;
/** Strokes of two pixels, from 30 to 71 and from row 20 to 49. */
const isStroke = (x: number, y: number): boolean =>
  x >= 30 && x <= 71 && x % 8 >= 6 && y >= 20 && y <= 49;

describe("the printed part of a page", () => {
  test("holds all strokes, and little paper", () => {
    const part = printBounds(pictureOf((x, y) => (isStroke(x, y) ? BLACK : PAPER)));
    if (!part) throw new Error("nothing was seen");
    const { left, top, width, height } = part;
    expect(left).toBeLessThanOrEqual(30);
    expect(left).toBeGreaterThanOrEqual(27);
    expect(top).toBe(20);
    expect(left + width).toBeGreaterThanOrEqual(72);
    expect(left + width).toBeLessThanOrEqual(75);
    expect([49, 50]).toContain(top + height);
  });

  test.each<[string, readonly [number, number, number]]>([
    ["pale", [220, 220, 220]],
    ["yellow", [20, 250, 250]],
    ["blue", [250, 90, 90]],
  ])("is seen where it is %s", (_, ink) => {
    const part = printBounds(pictureOf((x, y) => (isStroke(x, y) ? ink : PAPER)));
    expect(part?.top).toBe(20);
  });

  test("is none on paper that lies in a shadow, with the dark edges of a scanner", () => {
    const picture = pictureOf((x, y) => {
      const level = y < 6 ? 10 : 250 - x;
      return [level, level, level];
    });
    expect(printBounds(picture)).toBeUndefined();
  });

  test("reaches to a lone mark in the corner", () => {
    const isMark = (x: number, y: number): boolean => x > 110 && x < 114 && y > 70 && y < 74;
    const part = printBounds(pictureOf((x, y) => (isStroke(x, y) || isMark(x, y) ? BLACK : PAPER)));
    if (!part) throw new Error("nothing was seen");
    expect(part.left + part.width).toBeGreaterThanOrEqual(114);
    expect(part.top + part.height).toBeGreaterThanOrEqual(73);
  });

  test("is all where there is print up to the edges", () => {
    const part = printBounds(pictureOf((x) => (x % 8 >= 6 ? BLACK : PAPER)));
    expect(part?.top).toBe(0);
    expect(part?.height).toBe(HEIGHT);
    expect(part?.left).toBeLessThan(8);
  });
});
