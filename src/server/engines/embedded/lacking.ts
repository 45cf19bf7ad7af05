/**
 * Whether a line that was read for letters alone holds other characters. Where one of those stands,
 * the recogniser then sees nothing at all, though the picture has print there.
 */
import type { Character } from "./ctc.ts";
import type { InkColumns, Span } from "./ink-gaps.ts";
import { isUnspaced } from "./spacing.ts";
import { typicalWidth } from "./unread.ts";

/** Heights of the line between the middles of two characters. */
const WIDEST_GAP = 1.1;
/** Heights between the middle of a character and the end of the line. */
const WIDEST_END = 0.9;
/**
 * Heights that are left of either without its widest stretch of paper: halves of letters have less,
 * and a character that is as wide as high has more, even between spaces.
 */
const LEAST_PRINT = 0.6;
/** Heights that half an m has more than half an n, for each width of an n that it is wider. */
const WIDER = 0.5;
/** A character that is taken for a letter is not a clear one. */
const LEAST_CONFIDENCE = 0.9;

export function mayLackCharacters(reading: readonly Character[], ink: InkColumns): boolean {
  if (reading.some(({ text }) => isUnspaced(text))) return true;
  const confidence = reading.reduce((sum, one) => sum + one.confidence, 0);
  if (confidence <= reading.length * LEAST_CONFIDENCE) return true;
  const places = [0, ...reading.map(({ center }) => center), 1];
  return places.slice(1).some((to, index) => {
    const from = places[index] ?? 0;
    const isEnd = index === 0 || index === reading.length;
    // Most lines have no gap so wide, and the picture need not be looked at.
    if ((to - from) * ink.aspect <= (isEnd ? WIDEST_END : WIDEST_GAP)) return false;
    const least = LEAST_PRINT + surplusOf(reading[index - 1]) + surplusOf(reading[index]);
    return printBetween(ink, from, to) > least;
  });
}

function surplusOf(character: Character | undefined): number {
  return character ? Math.max(0, typicalWidth(character.text) - 1) * WIDER : 0;
}

/** In heights. */
function printBetween(ink: InkColumns, from: number, to: number): number {
  const paper: Span = ink.gapBetween(from, to);
  return (to - from - (paper.to - paper.from)) * ink.aspect;
}
