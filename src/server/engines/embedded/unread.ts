/**
 * Print between two characters in which a quick recogniser saw nothing: now and then it passes over a
 * whole letter, and does not doubt that. Where one is missing, its neighbours stand too far apart.
 */
import type { Character } from "./ctc.ts";
import type { InkColumns } from "./ink-gaps.ts";

/** From this probability on a space parts two words. */
export const SPACE = 0.5;
/** Widths of letters as most print has them, of the widths of an n. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ijlI.,:;'|!´`’‘]/u, 0.5],
  [/[frt()[\]{}"“”\-/\\1]/u, 0.65],
  [/[mwMW@%&—]/u, 1.5],
  [/[\p{Lu}]/u, 1.25],
];
/** What is left over of a distance, in widths of an n; half of a letter and more. */
const LEAST_UNREAD = 0.7;
/** Fewer pairs do not tell how wide the letters of a line are. */
const FEWEST_PAIRS = 4;

/** @returns the indices of the characters before which something seems to stand. */
export function unreadBefore(reading: readonly Character[], ink: InkColumns): number[] {
  const pairs = reading.slice(1).flatMap((character, index) => {
    const distance = printBetween(reading[index] ?? character, character, ink);
    if (distance === undefined) return [];
    const before = reading[index]?.text ?? "";
    const expected = (typicalWidth(before) + typicalWidth(character.text)) / 2;
    return [{ index: index + 1, distance, expected }];
  });
  if (pairs.length < FEWEST_PAIRS) return [];
  const units = pairs.map(({ distance, expected }) => distance / expected);
  const unit = units.toSorted((a, b) => a - b)[Math.floor(units.length / 2)] ?? 0;
  // Print below what counts as ink may seem to be paper.
  if (unit <= 0) return [];
  return pairs
    .filter(({ distance, expected }) => distance / unit - expected > LEAST_UNREAD)
    .map(({ index }) => index);
}

/** How far apart two characters stand without the space between them; undefined where none is seen. */
function printBetween(before: Character, after: Character, ink: InkColumns): number | undefined {
  const distance = after.center - before.center;
  if (after.spaceBefore < SPACE) return distance;
  const { from, to } = ink.gapBetween(before.center, after.center);
  return to > from ? distance - (to - from) : undefined;
}

/** In widths of an n. */
export function typicalWidth(text: string): number {
  return WIDTHS.find(([pattern]) => pattern.test(text))?.[1] ?? 1;
}
