/**
 * Whether a line that was read for letters alone holds other characters. Where one of those stands,
 * the recogniser then sees nothing at all, though a line has no gap so wide without print.
 */
import type { Character } from "./ctc.ts";
import { isUnspaced } from "./spacing.ts";

/** Heights of the line between the middles of two characters. */
const WIDEST_GAP = 1.1;
/** Heights between the middle of a character and the end of the line. */
const WIDEST_END = 0.9;
/** A character that is taken for a letter is not a clear one. */
const LEAST_CONFIDENCE = 0.9;

/** @param aspect the width of the line in its heights. */
export function mayLackCharacters(reading: readonly Character[], aspect: number): boolean {
  if (reading.some(({ text }) => isUnspaced(text))) return true;
  const confidence = reading.reduce((sum, one) => sum + one.confidence, 0);
  if (confidence <= reading.length * LEAST_CONFIDENCE) return true;
  const first = reading[0]?.center ?? 1;
  const last = reading.at(-1)?.center ?? 0;
  if (Math.max(first, 1 - last) * aspect > WIDEST_END) return true;
  return reading.some(
    ({ center }, index) =>
      (center - (reading[index - 1] ?? { center }).center) * aspect > WIDEST_GAP,
  );
}
