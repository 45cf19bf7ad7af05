/** From the characters of a line to its words: where the spaces are. */
import type { Character } from "./recognize.ts";

export interface Word {
  text: string;
  /** Mean of its characters, 0–1. */
  confidence: number;
  /** Where along its line it begins and ends, 0–1. */
  start: number;
  end: number;
}

/** The recogniser's own spaces win long before they are the best class of a column. */
const SPACE_PROBABILITY = 0.2;
/** Where it saw none: a gap of so many times the line's usual distance is one all the same. */
const SPACE_RATIO = 3;
/** Scripts that are written without spaces: Han, kana, their punctuation and full-width forms. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;

/** The words of a line; their texts joined by one space are the line's text. */
export function splitWords(characters: readonly Character[]): Word[] {
  const usual = usualDistance(characters);
  const groups: Character[][] = [];
  for (const [index, character] of characters.entries()) {
    const previous = characters[index - 1];
    const group = groups.at(-1);
    if (!group || !previous || isBreak(previous, character, usual)) groups.push([character]);
    else group.push(character);
  }
  return groups.map((group) => toWord(group, usual));
}

function isBreak(a: Character, b: Character, usual: number): boolean {
  if (isUnspaced(a) && isUnspaced(b)) return false;
  if (b.spaceBefore >= SPACE_PROBABILITY) return true;
  return !isUnspaced(a) && !isUnspaced(b) && b.center - a.center > usual * SPACE_RATIO;
}

function isUnspaced({ text }: Character): boolean {
  return UNSPACED.test(text);
}

/** The median distance between neighbours, as a share of the line. */
function usualDistance(characters: readonly Character[]): number {
  const distances = characters
    .slice(1)
    .map((character, index) => character.center - (characters[index]?.center ?? 0))
    .toSorted((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)] ?? 1;
}

function toWord(group: readonly Character[], usual: number): Word {
  const confidences = group.map((character) => character.confidence);
  return {
    text: group.map((character) => character.text).join(""),
    confidence: confidences.reduce((sum, value) => sum + value, 0) / group.length,
    start: Math.max(0, (group[0]?.center ?? 0) - usual / 2),
    end: Math.min(1, (group.at(-1)?.center ?? 1) + usual / 2),
  };
}
