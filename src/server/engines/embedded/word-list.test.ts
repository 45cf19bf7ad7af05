import { describe, expect, test } from "bun:test";
import { isNearWord, isWord, loadWords } from "./word-list.ts";

const words = loadWords();

test("words are known in any case, as genitives, and names of months among them", () => {
  for (const text of ["house", "House", "HOUSE", "house's", "March", "Wed"]) {
    expect([text, isWord(words, text)]).toEqual([text, true]);
  }
  expect(isWord(words, "hcuse")).toBe(false);
});

describe("a text is near a word", () => {
  test.each([
    ["by another letter", "hcuse", true],
    ["by another first letter", "Rorce", true],
    ["by another last letter", "centurz", true],
    ["by one more", "dificult", true],
    ["by one more at its start", "ountain", true],
    ["by one more at its end", "simpl", true],
    ["by one less", "houuse", true],
    ["not by two", "hcuce", false],
    ["not where it is of another language", "consectetuer", false],
  ])("%s", (_, text, isNear) => {
    expect(isNearWord(words, text)).toBe(isNear);
  });
});
