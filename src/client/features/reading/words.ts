/**
 * Which words of a page's picture are which words of its text. The engine's words come in reading
 * order; the text has them too, with marks between them, lines joined, and hyphens gone.
 */
import type { Box, Line } from "../../../shared/ocr-events.ts";

export interface Word {
  text: string;
  /** 0–1. */
  confidence: number;
  box: Box;
}

/** UTF-16 units of a text, `end` exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** What is no part of a word: space, marks of Markdown, hyphens at line ends, bullets. */
const SKIPPED = /[\s#*_`|\\>~\-‐–—•·●▪■○◦‣∙]/u;
/** So many characters a word may be ahead, and so many more for each that was not found before it. */
const NEAR = 24;
/** A long word is hardly there twice. */
const LONG_WORD = 6;
const FAR = 400;
/** In page heights and widths: so close to a word is on it. */
const TOUCH = 0.004;

/** The words of lines; a line whose engine knows no words is one. */
export function wordsOf(lines: readonly Line[]): Word[] {
  return lines.flatMap((line): readonly Word[] => line.words ?? [line]);
}

/**
 * Walks through the text with the words.
 *
 * @returns where each word stands; undefined for those that the text does not have.
 */
export function placeWords(text: string, words: readonly Word[]): (Span | undefined)[] {
  const { letters, places } = skeletonOf(text);
  const keys = words.map((word) => skeletonOf(word.text).letters);
  let cursor = 0;
  let missed = 0;
  return keys.map((key, index) => {
    if (key === "") return undefined;
    const isSure = key.length >= LONG_WORD;
    const next = keys[index + 1] ?? "";
    const at = findFrom(letters, cursor, { key, next, reach: (isSure ? FAR : NEAR) + missed });
    if (at === undefined) {
      missed += key.length;
      return undefined;
    }
    cursor = at + key.length;
    missed = 0;
    return { start: places[at] ?? 0, end: (places[cursor - 1] ?? 0) + 1 };
  });
}

interface Sought {
  key: string;
  /** The word after it, which makes sure where it is found far away. */
  next: string;
  reach: number;
}

function findFrom(letters: string, from: number, { key, next, reach }: Sought): number | undefined {
  if (letters.startsWith(key, from)) return from;
  const near = letters.slice(from, from + reach + key.length).indexOf(key);
  if (near >= 0) return from + near;
  if (next === "" || key.length + next.length < LONG_WORD) return undefined;
  const both = letters.slice(from, from + FAR + reach).indexOf(key + next);
  return both < 0 ? undefined : from + both;
}

/** The characters that words are made of, and where in the text each of them stands. */
function skeletonOf(text: string): { letters: string; places: number[] } {
  const places: number[] = [];
  let letters = "";
  for (let index = 0; index < text.length; index++) {
    const letter = text.charAt(index);
    if (SKIPPED.test(letter)) continue;
    letters += letter;
    places.push(index);
  }
  return { letters, places };
}

/** The word at an offset of the text; undefined between words. */
export function wordAtOffset(
  placed: readonly (Span | undefined)[],
  offset: number,
): number | undefined {
  const index = placed.findIndex((span) => span && span.start <= offset && offset < span.end);
  return index < 0 ? undefined : index;
}

/** The word at a point of the page, 0–1 from its upper left corner. */
export function wordAtPoint(words: readonly Word[], x: number, y: number): number | undefined {
  const index = words.findIndex(({ box: [left, top, right, bottom] }) => {
    const isBeside = x >= left - TOUCH && x <= right + TOUCH;
    return isBeside && y >= top - TOUCH && y <= bottom + TOUCH;
  });
  return index < 0 ? undefined : index;
}
