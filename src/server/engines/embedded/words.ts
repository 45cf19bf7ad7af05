/** From the characters of a line to its words: where the spaces are. */
import type { Character } from "./ctc.ts";
import type { Spelling } from "./spelling.ts";

export interface Word {
  text: string;
  /** Mean of its characters, 0–1. */
  confidence: number;
  /** Where along its line it begins and ends, 0–1. */
  start: number;
  end: number;
}

/**
 * A space needs this sum of evidence: the log-odds that the recogniser gives it, and by how many
 * ems the gap is wider than the two characters ask for (weighted). Measured on print of many kinds, not derived.
 */
const LEAST_EVIDENCE = -0.4;
const GAP_WEIGHT = 12;
/** So much can the recogniser always be wrong. */
const DOUBT = 1e-3;
/** Scripts that are written without spaces: Han, kana, their punctuation and full-width forms. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;

/** Beyond so many heights, even characters that are written without spaces stand apart. */
const WIDEST_GAP = 0.7;
const WIDEST_GAP_AFTER_MARK = 1.3;
const FULL_WIDTH_MARK = /[\u3000-\u303f\uff00-\uff0f\uff1a-\uff20]/u;

/** Half the usual width of a character in ems, by its kind; what is in none of them has the first. */
const HALF_WIDTH = 0.26;
const HALF_WIDTHS: readonly [RegExp, number][] = [
  [/[ijltfrI.,;:'!|()[\]{}/\\"`·_-]/, 0.19],
  [/[mwMW@%—]/, 0.37],
  [/[A-Z&]/, 0.33],
];

/**
 * The words of a line; their texts joined by one space are the line's text.
 *
 * @param spelling mends what the recogniser was not sure of.
 */
export function splitWords(characters: readonly Character[], spelling?: Spelling): Word[] {
  const em = emOf(characters);
  const groups: Character[][] = [];
  for (const [index, character] of characters.entries()) {
    const previous = characters[index - 1];
    const group = groups.at(-1);
    if (!group || !previous || isBreak(previous, character, em)) groups.push([character]);
    else group.push(character);
  }
  const mended = spelling?.mendLine(groups) ?? groups;
  return mended.map((group) => toWord(group, em));
}

function isBreak(a: Character, b: Character, em: number): boolean {
  if (isUnspaced(a) && isUnspaced(b)) return false;
  const seen = Math.log((b.spaceBefore + DOUBT) / (1 - b.spaceBefore + DOUBT));
  if (isUnspaced(a) || isUnspaced(b)) return seen > 0;
  const excess = (b.center - a.center) / em - expectedDistance(a, b);
  return seen + GAP_WEIGHT * excess > LEAST_EVIDENCE;
}

function isUnspaced({ text }: Character): boolean {
  return UNSPACED.test(text);
}

/** Whether most characters are of scripts that are written without spaces. */
export function isMostlyUnspaced(characters: readonly Character[]): boolean {
  return characters.filter((one) => isUnspaced(one)).length * 2 > characters.length;
}

/**
 * What comes between two pieces of one row.
 *
 * @param gap between them, in line heights.
 */
export function separatorOf(before: string, after: string, gap: number): string {
  const [last, first] = [before.slice(-1), after.slice(0, 1)];
  if (!UNSPACED.test(last) || !UNSPACED.test(first)) return " ";
  // A full-width mark brings its own gap.
  const widest = FULL_WIDTH_MARK.test(last) ? WIDEST_GAP_AFTER_MARK : WIDEST_GAP;
  return gap < widest ? "" : " ";
}

/** Between the middles of two neighbours, in ems. */
function expectedDistance(a: Character, b: Character): number {
  return halfWidth(a) + halfWidth(b);
}

function halfWidth({ text }: Character): number {
  return HALF_WIDTHS.find(([kind]) => kind.test(text))?.[1] ?? HALF_WIDTH;
}

/** How much of the line one em takes: the median of what its neighbours say. */
function emOf(characters: readonly Character[]): number {
  const ems = characters
    .flatMap((character, index) => {
      const previous = characters[index - 1];
      if (!previous) return [];
      return [(character.center - previous.center) / expectedDistance(previous, character)];
    })
    .toSorted((a, b) => a - b);
  return ems[Math.floor(ems.length / 2)] ?? 1;
}

function toWord(group: readonly Character[], em: number): Word {
  const confidences = group.map((character) => character.confidence);
  return {
    text: group.map((character) => character.text).join(""),
    confidence: confidences.reduce((sum, value) => sum + value, 0) / group.length,
    start: Math.max(0, edge(group[0], -em)),
    end: Math.min(1, edge(group.at(-1), em)),
  };
}

function edge(character: Character | undefined, em: number): number {
  return character ? character.center + halfWidth(character) * em : 0;
}
