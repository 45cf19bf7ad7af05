/** From the characters of a line to its words. */
import type { Character } from "./ctc.ts";
import { mendDashes } from "./dashes.ts";
import { mendLookalikes } from "./lookalikes.ts";
import { halfWidth, spaceEvidence, spacingOf } from "./spacing.ts";
import type { Spelling } from "./spelling.ts";

/** Log-odds of a space between two characters, where words speak for it. */
const LEAST_SPACE = -2;

export interface Word {
  text: string;
  /** Mean of its characters, 0–1. */
  confidence: number;
  /** Where along its line it begins and ends, 0–1. */
  start: number;
  end: number;
}

/**
 * The words of a line; their texts joined by one space are the line's text.
 *
 * @param spelling mends what the recogniser was not sure of.
 */
export function splitWords(line: readonly Character[], spelling?: Spelling): Word[] {
  const characters = mendDashes(line);
  const spacing = spacingOf(characters);
  const evidence = characters.map((_, index) => spaceEvidence(characters, index, spacing));
  const groups: Character[][] = [];
  for (const [index, character] of characters.entries()) {
    const group = groups.at(-1);
    if (!group || (evidence[index] ?? 0) > 0) groups.push([character]);
    else group.push(character);
  }
  const parted = spelling ? partJoined(groups, evidence, spelling) : groups;
  const mended = spelling?.mendLine(parted) ?? parted;
  return mended.map((group) => toWord(mendLookalikes(withoutRule(group)), spacing.em));
}

/** Where two words without a space are none together, a gap that is hardly one parts them. */
function partJoined(
  groups: readonly (readonly Character[])[],
  evidence: readonly number[],
  spelling: Spelling,
): readonly (readonly Character[])[] {
  let first = 0;
  return groups.flatMap((group) => {
    const from = first;
    first += group.length;
    const [place = 0] = spelling
      .joints(group)
      .filter((at) => (evidence[from + at] ?? 0) > LEAST_SPACE)
      .toSorted((a, b) => (evidence[from + b] ?? 0) - (evidence[from + a] ?? 0));
    return place > 0 ? [group.slice(0, place), group.slice(place)] : [group];
  });
}

/** Text stands on the rules of forms: what is read of them at a word's ends is no part of it. */
function withoutRule(group: readonly Character[]): readonly Character[] {
  const isRule = ({ text }: Character): boolean => text === "_";
  const from = group.findIndex((one) => !isRule(one));
  const to = group.findLastIndex((one) => !isRule(one)) + 1;
  const rest = group.slice(Math.max(0, from), to);
  return rest.length === 0 || rest.some(isRule) ? group : rest;
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
