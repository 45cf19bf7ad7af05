import { describe, expect, test } from "bun:test";
import type { Character } from "./ctc.ts";
import { InkColumns } from "./ink-gaps.ts";
import { unreadBefore } from "./unread.ts";
import { packedPicture } from "./picture.ts";

const [CELL, HEIGHT] = [20, 28];

/** Letters are blocks as wide as their cells, but for a rim; between words is paper. */
function lineOf(text: string): { reading: Character[]; ink: InkColumns } {
  const width = text.length * CELL;
  const data = new Uint8Array(width * HEIGHT * 3).fill(255);
  const reading: Character[] = [];
  for (const [cell, letter] of Array.from(text).entries()) {
    if (letter === " ") continue;
    for (let y = 6; y < 22; y++)
      data.fill(0, (y * width + cell * CELL + 1) * 3, (y * width + (cell + 1) * CELL - 1) * 3);
    const spaceBefore = text[cell - 1] === " " ? 0.9 : 0;
    const center = ((cell + 0.5) * CELL) / width;
    reading.push({ text: letter, confidence: 1, center, spaceBefore, others: [], missed: [] });
  }
  const box = { center: { x: width / 2, y: HEIGHT / 2 }, width, height: HEIGHT, angle: 0 };
  return { reading, ink: new InkColumns(packedPicture(width, HEIGHT, data), box) };
}

/** What is found where the characters at some places were not read. */
function unread(text: string, missing: readonly number[]): string[] {
  const { reading, ink } = lineOf(text);
  const left = reading.filter((_, index) => !missing.includes(index));
  return unreadBefore(left, ink).map((index) => left[index]?.text ?? "");
}

describe("print that was not read", () => {
  test("is none where each character stands beside the next", () => {
    expect(unread("some pages come here", [])).toEqual([]);
  });

  test("is found within a word, before what follows it", () => {
    expect(unread("some pages come here", [5])).toEqual(["g"]);
  });

  test("is found at the end of a word, and is told from the space behind it", () => {
    expect(unread("soon     pages come here", [3])).toEqual(["p"]);
    expect(unread("soon     pages come here", [])).toEqual([]);
  });

  test("is not looked for in lines that are too short to tell", () => {
    expect(unread("page", [1])).toEqual([]);
  });

  test("is not found between wide letters, which stand further apart than others", () => {
    const { reading, ink } = lineOf("nnnnWWMMnnnn");
    // In halves of the width of an n: as wide letters stand, and as n with another one between them.
    const halves = [1, 3, 5, 7, 10.5, 14.5, 18.5, 22.5, 26, 28, 30, 32];
    const wide = reading.map((one, at) => ({ ...one, center: (halves[at] ?? 0) / 33 }));
    expect(unreadBefore(wide, ink)).toEqual([]);
    const alike = wide.map((one) => ({ ...one, text: "n" }));
    expect(unreadBefore(alike, ink)).toEqual([4, 5, 6, 7, 8]);
  });
});
