import { describe, expect, test } from "bun:test";
import type { Character } from "../ctc.ts";
import { splitWords } from "../words.ts";
import { mergeReadings } from "./merge.ts";
import type { Glyph } from "./tesseract.ts";

/** Width and height of the line's box: an em is as wide as a character of `at`. */
const EMS = 0.55;

/** Characters at even distances along a line of `length` characters; a space is a gap of one. */
function at(text: string, length: number): { text: string; center: number; isFirst: boolean }[] {
  return Array.from(text, (character, index) => ({
    text: character,
    center: (index + 0.5) / length,
    isFirst: index > 0 && text[index - 1] === " ",
  })).filter((character) => character.text !== " ");
}

function merged(
  own: string,
  other: string,
  confidence: { own?: number; other?: number } = {},
): string {
  const length = Math.max(own.length, other.length);
  const characters: Character[] = at(own, length).map(({ text, center, isFirst }) => ({
    text,
    center,
    confidence: confidence.own ?? 0.95,
    spaceBefore: Number(isFirst),
    others: [],
    missed: [],
  }));
  const glyphs: Glyph[] = at(other, length).map(({ text, center, isFirst }) => ({
    text,
    center,
    confidence: confidence.other ?? 0.99,
    startsWord: isFirst,
  }));
  const words = splitWords(mergeReadings(characters, glyphs, length * EMS));
  return words.map(({ text }) => text).join(" ");
}

describe("the two readings of a line", () => {
  test.each([
    ["accents", "Munchen fallt schon auf", "München fällt schön auf", "München fällt schön auf"],
    ["a sharp s", "die StraBe dort", "die Straße dort", "die Straße dort"],
    ["marks of Spanish", "?Que dices de eso", "¿Qué dices de eso", "¿Qué dices de eso"],
    ["half a ligature", "die PHege im Haus", "die Pflege im Haus", "die Pflege im Haus"],
    ["an umlaut that was read as two letters", "die Kuindigung", "die Kündigung", "die Kündigung"],
  ])("give %s", (_, own, other, text) => {
    expect(merged(own, other)).toBe(text);
  });

  test("give no marks beyond the ends of the first", () => {
    expect(merged("Abteilung Eins", "Abteilung Eins:.")).toBe("Abteilung Eins");
  });

  test("keep digits for letters out, and letters that the second is less sure of", () => {
    expect(merged("vi a Luisa", "vi 4 Luisa")).toBe("vi a Luisa");
    expect(merged("vi a Luisa", "vl a Luisa", { other: 0.6 })).toBe("vi a Luisa");
  });

  test("are the first alone where the second is of something else", () => {
    expect(merged("Bonjour tout le monde", "Xqzzk wvvw jj kkkkk")).toBe("Bonjour tout le monde");
    expect(merged("Bonjour", "")).toBe("Bonjour");
    expect(merged("", "é")).toBe("");
  });
});
