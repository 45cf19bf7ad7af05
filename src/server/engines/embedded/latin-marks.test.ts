import { expect, test } from "bun:test";
import type { Character } from "./ctc.ts";
import { toLatinMarks } from "./latin-marks.ts";
import { splitWords } from "./words.ts";

const lineOf = (text: string): Character[] =>
  Array.from(text, (one, index) => ({
    text: one,
    confidence: 1,
    center: (index + 0.5) / text.length,
    spaceBefore: 0,
    others: [],
    missed: [],
  }));
const marksOf = (text: string): string =>
  toLatinMarks(lineOf(text))
    .map((one) => one.text)
    .join("");

test("wide marks in a Latin line are narrow ones", () => {
  expect(marksOf("（360）555-0148：Open！")).toBe("(360)555-0148:Open!");
  expect(marksOf("1、2。")).toBe("1,2.");
  expect(marksOf("１")).toBe("1");
});

test("those of Chinese and Japanese stay, and so do lines of marks alone", () => {
  for (const text of ["电话：555（中）", "カタカナ：1", "（）：", "人口"]) {
    expect(marksOf(text)).toBe(text);
  }
});

test("a box to tick is a word of its own", () => {
  const words = splitWords(toLatinMarks(lineOf("口Yes口No")));
  expect(words.map(({ text }) => text)).toEqual(["☐", "Yes", "☐", "No"]);
});
