import { describe, expect, test } from "bun:test";
import type { Character } from "./ctc.ts";
import { InkColumns } from "./ink-gaps.ts";
import { mayLackCharacters } from "./lacking.ts";
import { packedPicture } from "./picture.ts";

const [WIDTH, HEIGHT] = [200, 20];
const STROKE = 4;
/** Pixels, where characters have their left ends. */
const evenly = Array.from({ length: 20 }, (_, index) => index * 10 + 3);

/** @param printed where strokes stand; @param read of which of them. */
function mayLack(printed: readonly number[], read: readonly number[], text = "l"): boolean {
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(255);
  for (const x of printed) {
    for (let y = 4; y < 16; y++) data.fill(0, (y * WIDTH + x) * 3, (y * WIDTH + x + STROKE) * 3);
  }
  const reading = read.map((x): Character => ({
    text,
    confidence: 0.99,
    center: (x + STROKE / 2) / WIDTH,
    spaceBefore: 0,
    others: [],
    missed: [],
  }));
  const box = { center: { x: WIDTH / 2, y: HEIGHT / 2 }, width: WIDTH, height: HEIGHT, angle: 0 };
  return mayLackCharacters(reading, new InkColumns(packedPicture(WIDTH, HEIGHT, data), box));
}

const without = (...places: number[]): number[] => evenly.filter((x) => !places.includes(x));

describe("a line that was read for letters alone", () => {
  test("lacks nothing where all of its print was read", () => {
    expect(mayLack(evenly, evenly)).toBe(false);
  });

  test.each([
    ["in its middle", without(93, 103)],
    ["at its start", without(3, 13)],
    ["at its end", without(183, 193)],
  ])("may lack a character where nothing was read in print %s", (_, read) => {
    expect(mayLack(evenly, read)).toBe(true);
  });

  test.each([
    ["in its middle", without(83, 93, 103)],
    ["at its start", without(3, 13, 23)],
    ["at its end", without(173, 183, 193)],
  ])("lacks nothing where there is no print %s", (_, read) => {
    expect(mayLack(read, read)).toBe(false);
  });

  test("may lack what is as wide as high between spaces", () => {
    const strokes = [88, 93, 98, 103];
    expect(
      mayLack([...without(73, 83, 93, 103, 113), ...strokes], without(73, 83, 93, 103, 113)),
    ).toBe(true);
  });

  test("lacks nothing where what is left may be the halves of wide letters", () => {
    const [printed, read] = [without(103), without(93, 103)];
    expect(mayLack(printed, read, "l")).toBe(true);
    expect(mayLack(printed, read, "m")).toBe(false);
  });

  test("may lack more where a character is of a script without spaces", () => {
    expect(mayLack(evenly, evenly, "。")).toBe(true);
  });
});
