import { expect, test } from "bun:test";
import { countCodePoints } from "./code-points.ts";

test.each([
  ["", 0],
  ["abc", 3],
  ["汉字", 2],
  ["a😀b", 3],
  ["👨‍👩‍👧", 5],
  ["\ud83d", 1],
  ["\ude00\ud83d", 2],
  ["\ud83d\ud83d\ude00", 2],
])("%p has %p code points, as the string iterator counts", (text, count) => {
  expect(countCodePoints(text)).toBe(count);
  expect(Array.from(text)).toHaveLength(count);
});
