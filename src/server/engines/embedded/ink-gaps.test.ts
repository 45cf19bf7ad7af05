import { describe, expect, test } from "bun:test";
import type { Character } from "./ctc.ts";
import { InkColumns, measureGaps } from "./ink-gaps.ts";
import { packedPicture } from "./picture.ts";

const [WIDTH, HEIGHT] = [200, 20];

/** A line of upright strokes at these places, dark on light or the reverse. */
function pictureOf(strokes: readonly number[], paper: number, ink: number) {
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(paper);
  for (const x of strokes) {
    for (let y = 4; y < 16; y++) data.fill(ink, (y * WIDTH + x) * 3, (y * WIDTH + x + 4) * 3);
  }
  return packedPicture(WIDTH, HEIGHT, data);
}

function characterAt(x: number): Character {
  const center = (x + 2) / WIDTH;
  return { text: "l", confidence: 1, center, spaceBefore: 0, others: [], missed: [] };
}

describe("the gaps between characters", () => {
  const box = { center: { x: WIDTH / 2, y: HEIGHT / 2 }, width: WIDTH, height: HEIGHT, angle: 0 };
  test.each([
    ["dark on light", 240, 20],
    ["light on dark", 30, 220],
  ])("are as wide as in the picture, %s", (_, paper, ink) => {
    // Enough strokes that print is what is usual in the line.
    const strokes = [10, 20, 30, 40, 60, 70, 80, 90, 100, 110];
    const measured = measureGaps(
      new InkColumns(pictureOf(strokes, paper, ink), box),
      strokes.map(characterAt),
    );
    const gaps = measured.map(({ gapBefore }) => gapBefore && Math.round(gapBefore * WIDTH));
    expect(gaps).toEqual([undefined, 6, 6, 6, 16, 6, 6, 6, 6, 6]);
  });

  test("are as wide where bands across the line are as dark as half of the print", () => {
    const strokes = [10, 20, 30, 40, 60, 70, 80, 90, 100, 110];
    const picture = pictureOf(strokes, 240, 120);
    for (let y = 0; y < HEIGHT; y += 4) {
      const row = picture.data.subarray(y * WIDTH * 3, (y + 1) * WIDTH * 3);
      for (const [at, value] of row.entries()) row[at] = Math.max(0, value - 60);
    }
    const gaps = measureGaps(new InkColumns(picture, box), strokes.map(characterAt)).map(
      ({ gapBefore }) => gapBefore && Math.round(gapBefore * WIDTH),
    );
    expect(gaps).toEqual([undefined, 6, 6, 6, 16, 6, 6, 6, 6, 6]);
  });
});
