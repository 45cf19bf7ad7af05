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
  return pairs.flatMap((pair, index) => {
    const isInside = index > first && index < last;
    if (pair.own && pair.other) return [mergePair(pair.own, pair.other)];
    if (!isInside) return pair.own ? [pair.own] : [];
    const neighbours = [pairs[index - 1], pairs[index + 1]];
    if (pair.own) return isPartOfNeighbour(pair.own, neighbours) ? [] : [pair.own];
    return pair.other ? insert(pair.other, neighbours, EM / aspect) : [];
  });
}

function isAgreed({ own, other }: Pair): boolean {
  return own !== undefined && other !== undefined && fold(own.text) === fold(other.text);
}

function mergePair(own: Character, other: Glyph): Character {
  const spaceBefore = (own.spaceBefore + Number(other.startsWord)) / 2;
  const isOther = own.text !== other.text && isBetter(own, other);
  if (!isOther) return { ...own, spaceBefore };
  return { ...own, spaceBefore, text: other.text, confidence: other.confidence };
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
  return [
    { ...own, text, confidence, center, spaceBefore: Number(startsWord), others: [], missed: [] },
  ];
}
