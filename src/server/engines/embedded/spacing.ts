/** Whether a space stands between two characters of a line. */
import type { Character } from "./ctc.ts";
import { TICK_BOX } from "./latin-marks.ts";

/**
 * A space needs this sum of evidence: the log-odds that the recogniser gives it, by how many ems the
 * middles of the two characters are farther apart than they ask for (weighted), and what writers do beside marks.
 * Measured on print of many kinds, not derived.
 */
const LEAST_EVIDENCE = -0.4;
const DISTANCE_WEIGHT = 12;
/** Where the gap itself was measured, the distance of the middles counts less. */
const MEASURED = { leastEvidence: 0.7, distanceWeight: 3.5, gapWeight: 22 } as const;
/** So much can the recogniser always be wrong. */
const DOUBT = 1e-3;
/** Scripts that are written without spaces: Han, kana, their punctuation and full-width forms. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;
/** Marks of these scripts: each is as wide as a character, and mostly gap. */
export const FULL_WIDTH_MARK = /[\u3000-\u3004\u3008-\u303f\uff00-\uff0f\uff1a-\uff20]/u;

/** Nobody puts a space before these, or after an opening bracket; after these most people do. */
const CLOSING = /^[,.;:!?)\]}%]$/;
const OPENING = /^[([{]$/;
const PARTING = /^[,;:!?]$/;
const DASH = /^[–—~_·]$/;
const LETTER = /\p{L}/u;
const AGAINST = -6;
const FOR = 1.2;

/** Half the usual width of a character in ems, by its kind; what is in none of them has the first. */
const HALF_WIDTH = 0.26;
const HALF_WIDTHS: readonly [RegExp, number][] = [
  [/[ijltfrI.,;:'!|()[\]{}/\\"`·_-]/, 0.19],
  [/[mwMW@%—]/, 0.37],
  [/[A-Z&]/, 0.33],
  [UNSPACED, 0.5],
];

/** What is usual in a line, in shares of it. */
export interface Spacing {
  em: number;
  /** The median of the gaps between characters; nothing where none at all was found in the picture. */
  gap: number | undefined;
}

export function spacingOf(characters: readonly Character[]): Spacing {
  const gaps = characters.flatMap(({ gapBefore }) => gapBefore ?? []);
  // Where all is ink, print runs into its neighbours or the paper is too dirty to tell.
  const hasGaps = gaps.some((gap) => gap > 0);
  return { em: emOf(characters), gap: hasGaps ? median(gaps) : undefined };
}

/** Above 0 where a space stands before the character at `index`; in log-odds. */
export function spaceEvidence(
  characters: readonly Character[],
  index: number,
  spacing: Spacing,
): number {
  const [before, a, b] = [characters[index - 2], characters[index - 1], characters[index]];
  if (a && b && (a.text === TICK_BOX || b.text === TICK_BOX)) return Infinity;
  if (!a || !b || (isUnspaced(a.text) && isUnspaced(b.text))) return -Infinity;
  const seen = Math.log((b.spaceBefore + DOUBT) / (1 - b.spaceBefore + DOUBT));
  // A mark of its own width stands anywhere in it, so its distance says nothing.
  if (FULL_WIDTH_MARK.test(a.text) || FULL_WIDTH_MARK.test(b.text)) return seen;
  const { em, gap } = spacing;
  const excess = (b.center - a.center) / em - expectedDistance(a, b);
  const evidence = seen + usage(before, a, b);
  // Dashes are so thin that their own ink looks like a gap.
  const isThin = DASH.test(a.text) || DASH.test(b.text);
  if (b.gapBefore === undefined || gap === undefined || isThin)
    return evidence + DISTANCE_WEIGHT * excess - LEAST_EVIDENCE;
  const { leastEvidence, distanceWeight, gapWeight } = MEASURED;
  const wider = (b.gapBefore - gap) / em;
  return evidence + distanceWeight * excess + gapWeight * wider - leastEvidence;
}

/** Evidence from how people write. */
function usage(
  before: Character | undefined,
  { text: a }: Character,
  { text: b }: Character,
): number {
  // A box to tick, ( ), is neither.
  if (CLOSING.test(b) !== OPENING.test(a) || (a === "-" && b === "-")) return AGAINST;
  if (b === "'" || (a === "'" && before && LETTER.test(before.text) && LETTER.test(b)))
    return AGAINST;
  // In numbers and times there is no space, and in abbreviations often none.
  const isInNumber = before && /\d/.test(before.text) && /\d/.test(b);
  return PARTING.test(a) && !isInNumber && /[\p{L}\d]/u.test(b) ? FOR : 0;
}

export function isUnspaced(text: string): boolean {
  return UNSPACED.test(text);
}

/** Whether most characters are of scripts that are written without spaces. */
export function isMostlyUnspaced(characters: readonly Character[]): boolean {
  return characters.filter(({ text }) => isUnspaced(text)).length * 2 > characters.length;
}

/** Between the middles of two neighbours, in ems. */
function expectedDistance(a: Character, b: Character): number {
  return halfWidth(a) + halfWidth(b);
}

export function halfWidth({ text }: Character): number {
  return HALF_WIDTHS.find(([kind]) => kind.test(text))?.[1] ?? HALF_WIDTH;
}

/** How much of the line one em takes: the median of what its neighbours say. */
function emOf(characters: readonly Character[]): number {
  const ems = characters.flatMap((character, index) => {
    const previous = characters[index - 1];
    if (!previous) return [];
    return [(character.center - previous.center) / expectedDistance(previous, character)];
  });
  return median(ems) ?? 1;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
