/** Whether a space stands between two characters of a line. */
import type { Character } from "./ctc.ts";

/**
 * A space needs this sum of evidence: the log-odds that the recogniser gives it, by how many ems the
 * gap is wider than the two characters ask for (weighted), and what writers do beside marks.
 * Measured on print of many kinds, not derived.
 */
const LEAST_EVIDENCE = -0.4;
const GAP_WEIGHT = 12;
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
const AGAINST = -3;
const FOR = 1.5;

/** Half the usual width of a character in ems, by its kind; what is in none of them has the first. */
const HALF_WIDTH = 0.26;
const HALF_WIDTHS: readonly [RegExp, number][] = [
  [/[ijltfrI.,;:'!|()[\]{}/\\"`·_-]/, 0.19],
  [/[mwMW@%—]/, 0.37],
  [/[A-Z&]/, 0.33],
  [UNSPACED, 0.5],
];

/** @param em how much of the line one em takes. */
export function isBreak(characters: readonly Character[], index: number, em: number): boolean {
  const [before, a, b] = [characters[index - 2], characters[index - 1], characters[index]];
  if (!a || !b || (isUnspaced(a.text) && isUnspaced(b.text))) return false;
  const seen = Math.log((b.spaceBefore + DOUBT) / (1 - b.spaceBefore + DOUBT));
  // A mark of its own width stands anywhere in it, so its distance says nothing.
  if (FULL_WIDTH_MARK.test(a.text) || FULL_WIDTH_MARK.test(b.text)) return seen > 0;
  const excess = (b.center - a.center) / em - expectedDistance(a, b);
  return seen + GAP_WEIGHT * excess + usage(before, a, b) > LEAST_EVIDENCE;
}

/** Evidence from how people write. */
function usage(
  before: Character | undefined,
  { text: a }: Character,
  { text: b }: Character,
): number {
  if (CLOSING.test(b) || OPENING.test(a)) return AGAINST;
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
export function emOf(characters: readonly Character[]): number {
  const ems = characters
    .flatMap((character, index) => {
      const previous = characters[index - 1];
      if (!previous) return [];
      return [(character.center - previous.center) / expectedDistance(previous, character)];
    })
    .toSorted((a, b) => a - b);
  return ems[Math.floor(ems.length / 2)] ?? 1;
}
