import { describe, expect, test } from "bun:test";
import type { RotatedBox } from "./geometry.ts";
import { fitToInk } from "./ink.ts";
import { packedPicture } from "./picture.ts";

const [WIDTH, HEIGHT] = [400, 120];
const LINE = { top: 40, bottom: 80 };
/** Around the line with some paper, as the detection gives it. */
const BOX = { center: { x: 200, y: 60 }, width: 380, height: 40, angle: 0 };
const [FIRST, LAST, PITCH, STROKE] = [40, 340, 20, 6];

interface Rule {
  x: number;
  top?: number;
  bottom?: number;
  dark?: number;
  /** Pixels to the right from the top to the bottom. */
  lean?: number;
}

/**
 * Strokes in a line, and rules.
 *
 * @param level row at which a level rule is.
 */
function piecesWith(
  rules: readonly Rule[],
  box: RotatedBox = BOX,
  level?: number,
): [number, number][] {
  const data = new Uint8Array(WIDTH * HEIGHT).fill(235);
  for (let x = FIRST; x < LAST; x += PITCH) {
    for (let y = LINE.top + 8; y < LINE.bottom - 8; y++) {
      data.fill(30, y * WIDTH + x, y * WIDTH + x + STROKE);
    }
  }
  for (const { x, top = 0, bottom = HEIGHT, dark = 30, lean = 0 } of rules) {
    for (let y = top; y < bottom; y++) {
      const left = y * WIDTH + x + Math.round((lean * y) / HEIGHT);
      data.fill(dark, left, left + 2);
    }
  }
  if (level !== undefined) data.fill(30, level * WIDTH, (level + 5) * WIDTH);
  const picture = packedPicture(WIDTH, HEIGHT, data, 1);
  return fitToInk(picture, box).map(({ center, width }) => [
    center.x - width / 2,
    center.x + width / 2,
  ]);
}

const plain = piecesWith([]);

describe("upright rules", () => {
  test.each<[string, Rule]>([
    ["dark", { x: 330 }],
    ["pale", { x: 330, dark: 170 }],
    ["that leans a little", { x: 330, lean: 2 }],
  ])("%s, the line ends before them", (_, rule) => {
    const [piece, ...others] = piecesWith([rule]);
    expect(others).toEqual([]);
    expect(piece?.[0]).toBeCloseTo(plain[0]?.[0] ?? 0);
    expect(piece?.[1]).toBeGreaterThanOrEqual(326);
    expect(piece?.[1]).toBeLessThanOrEqual(rule.x);
    expect(plain[0]?.[1]).toBeGreaterThan(rule.x);
  });

  test("are seen where they end at a level one above the line", () => {
    expect(piecesWith([{ x: 194, top: 32 }], BOX, 32)).toHaveLength(2);
    expect(piecesWith([{ x: 194, top: 32, bottom: 72 }], BOX, 32)).toHaveLength(1);
  });

  test("part the print on both sides, however near it is", () => {
    const pieces = piecesWith([{ x: 194 }]);
    expect(pieces).toHaveLength(2);
    expect(pieces[0]?.[1]).toBeLessThanOrEqual(194);
    expect(pieces[1]?.[0]).toBeGreaterThanOrEqual(195);
  });

  test("are streaks or folds where print stands close by on both sides", () => {
    expect(piecesWith([{ x: 192 }])).toEqual(plain);
  });

  test("alone are no print, but faint print beside one is", () => {
    const box = { center: { x: 384, y: 60 }, width: 24, height: 40, angle: 0 };
    expect(piecesWith([{ x: 384 }], box)).toEqual([]);
    expect(piecesWith([{ x: 399 }], box)).toHaveLength(1);
    const wide = { ...box, center: { x: 370, y: 60 }, width: 48 };
    expect(piecesWith([{ x: 384 }], wide)).toHaveLength(1);
  });

  test("are no letters that are as high as the line, or reach into one of its neighbours", () => {
    for (const rule of [
      { x: 194, top: 42, bottom: 78 },
      { x: 194, top: 0, bottom: 78 },
    ]) {
      expect(piecesWith([rule])).toEqual(plain);
    }
  });
});
