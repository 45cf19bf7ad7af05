/**
 * One reading of two. The first recogniser is the better one but for the letters that it does not
 * know; the second knows the language, and invents marks at the ends of a line.
 */
import type { Character } from "../ctc.ts";
import { type Pair, align, fold } from "./align.ts";
import type { Glyph } from "./tesseract.ts";

/** Of our characters so many have to be confirmed; else the second reading is of something else. */
const LEAST_AGREEMENT = 0.6;
/** The width of an em in heights of the box, which has some room around the print. */
const EM = 0.55;
/** What only one of the two has seen counts with this confidence, and else not. */
const LEAST_ALONE = 0.9;
/** How much the second reading says about spaces; the gaps say more. */
const SECOND_SHARE = 0.2;
/** Ems between the middles of two characters, but for those that are narrow enough. */
const LEAST_DISTANCE = 0.25;
const NARROW = /^[fijlrt.,:;'!]$/;

/**
 * @param aspect the width of the line's box in its heights.
 * @returns the characters of the first reading with what the second one knows better.
 */
export function mergeReadings(
  own: readonly Character[],
  other: readonly Glyph[],
  aspect: number,
): readonly Character[] {
  const pairs = align(own, other, EM / aspect);
  const agreed = pairs.filter((pair) => isAgreed(pair)).length;
  if (agreed < own.length * LEAST_AGREEMENT) return own;
  const first = pairs.findIndex((pair) => pair.own && pair.other);
  const last = pairs.findLastIndex((pair) => pair.own && pair.other);
  let hasInserted = false;
  return pairs.flatMap((pair, index) => {
    const isInside = index > first && index < last;
    const isAfterInserted = hasInserted;
    hasInserted = false;
    if (pair.own && pair.other) return [mergePair(pair.own, pair.other, isAfterInserted)];
    if (!isInside) return pair.own ? [pair.own] : [];
    const neighbours = [pairs[index - 1], pairs[index + 1]];
    if (pair.own) return isPartOfNeighbour(pair.own, neighbours) ? [] : [pair.own];
    const inserted = pair.other ? insert(pair.other, neighbours, EM / aspect) : [];
    hasInserted = inserted.length > 0;
    return inserted;
  });
}

function isAgreed({ own, other }: Pair): boolean {
  return own !== undefined && other !== undefined && fold(own.text) === fold(other.text);
}

/** @param isAfterInserted what the first reading says about a space is about what was inserted. */
function mergePair(own: Character, other: Glyph, isAfterInserted: boolean): Character {
  const { gapBefore, ...rest } = own;
  const startsWord = Number(other.startsWord);
  const spaceBefore = isAfterInserted
    ? startsWord
    : own.spaceBefore * (1 - SECOND_SHARE) + startsWord * SECOND_SHARE;
  const merged: Character = { ...rest, spaceBefore };
  if (gapBefore !== undefined && !isAfterInserted) merged.gapBefore = gapBefore;
  const isOther = own.text !== other.text && isBetter(own, other);
  return isOther ? { ...merged, text: other.text, confidence: other.confidence } : merged;
}

function isBetter(own: Character, other: Glyph): boolean {
  if (fold(own.text) === fold(other.text)) return true;
  // A letter with an accent that it does not expect looks like a digit to the second one.
  if (/\d/.test(other.text) && !/\d/.test(own.text)) return false;
  return other.confidence > own.confidence;
}

/** The first recogniser takes `ü` for `ui`, and sees strokes where there are none. */
function isPartOfNeighbour(
  { confidence }: Character,
  neighbours: readonly (Pair | undefined)[],
): boolean {
  return (
    confidence < LEAST_ALONE ||
    neighbours.some((pair) => pair?.other && isAccented(pair.other.text))
  );
}

function isAccented(text: string): boolean {
  return /\p{L}/u.test(text) && fold(text) !== text;
}

/**
 * A character that the first reading passed over, such as one half of a ligature.
 *
 * @param em as a share of the line.
 */
function insert(other: Glyph, neighbours: readonly (Pair | undefined)[], em: number): Character[] {
  const own = neighbours.find((pair) => pair?.own)?.own;
  if (!own || other.confidence <= LEAST_ALONE) return [];
  // Where another character stands already, the second reader saw that one differently.
  const isTaken =
    !NARROW.test(other.text) &&
    neighbours.some(
      (pair) => pair?.own && Math.abs(pair.own.center - other.center) < em * LEAST_DISTANCE,
    );
  if (isTaken) return [];
  const { text, confidence, center, startsWord } = other;
  const spaceBefore = Number(startsWord);
  return [{ text, confidence, center, spaceBefore, others: [], missed: [] }];
}
