/** Two readings of one line side by side: which character of one is which of the other. */
import type { Character } from "../ctc.ts";
import type { Glyph } from "./tesseract.ts";

/** One of them is missing where only the other reading has a character. */
export interface Pair {
  own?: Character;
  other?: Glyph;
}

/** What a pair costs; two characters apart cost less than a pair that has nothing in common. */
const COST = { same: 0, accent: 0.15, case: 0.5, different: 0.9, alone: 0.7 } as const;
/** More for characters that stand one em or more from each other. */
const DISTANCE_COST = 0.3;

/**
 * The cheapest alignment by dynamic programming (Needleman and Wunsch).
 *
 * @param em how much of the line one em takes, 0–1.
 */
export function align(own: readonly Character[], other: readonly Glyph[], em: number): Pair[] {
  const columns = other.length + 1;
  const costs = new Float64Array((own.length + 1) * columns);
  const folded = {
    own: own.map(({ text }) => fold(text)),
    other: other.map(({ text }) => fold(text)),
  };
  const pairCost = (i: number, j: number): number => {
    const [a, b] = [own[i], other[j]];
    if (!a || !b) return Infinity;
    const distance = Math.min(1, Math.abs(a.center - b.center) / em);
    return likeness(a.text, b.text, folded.own[i], folded.other[j]) + DISTANCE_COST * distance;
  };
  const costAt = (i: number, j: number): number =>
    i < 0 || j < 0 ? Infinity : (costs[i * columns + j] ?? Infinity);
  for (let i = 0; i <= own.length; i++) {
    for (let j = 0; j <= other.length; j++) {
      if (i === 0 && j === 0) continue;
      costs[i * columns + j] = Math.min(
        costAt(i - 1, j - 1) + pairCost(i - 1, j - 1),
        costAt(i - 1, j) + COST.alone,
        costAt(i, j - 1) + COST.alone,
      );
    }
  }
  return backtrack(own, other, (i, j) => costAt(i, j));
}

function backtrack(
  own: readonly Character[],
  other: readonly Glyph[],
  costAt: (i: number, j: number) => number,
): Pair[] {
  const pairs: Pair[] = [];
  let [i, j] = [own.length, other.length];
  while (i > 0 || j > 0) {
    const [a, b] = [own[i - 1], other[j - 1]];
    const cost = costAt(i, j);
    if (a && cost === costAt(i - 1, j) + COST.alone) {
      pairs.push({ own: a });
      i--;
    } else if (b && cost === costAt(i, j - 1) + COST.alone) {
      pairs.push({ other: b });
      j--;
    } else {
      pairs.push({ ...(a && { own: a }), ...(b && { other: b }) });
      i--;
      j--;
    }
  }
  return pairs.toReversed();
}

function likeness(a: string, b: string, foldedA = a, foldedB = b): number {
  if (a === b) return COST.same;
  if (foldedA === foldedB) return COST.accent;
  return foldedA.toLowerCase() === foldedB.toLowerCase() ? COST.case : COST.different;
}

/** What the first recogniser makes of a character that its dictionary lacks. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll("ß", "B")
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replaceAll(/[–—−]/g, "-")
    .replaceAll(/[’‘`]/g, "'")
    .replaceAll(/[“”„«»]/g, '"');
}
