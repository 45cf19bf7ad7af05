/** From the characters of a line to its words. */
import type { Character } from "./ctc.ts";
import { mendDashes } from "./dashes.ts";
import { mendLookalikes } from "./lookalikes.ts";
import { halfWidth, isBreak, spacingOf } from "./spacing.ts";
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
 * The words of a line; their texts joined by one space are the line's text.
 *
 * @param spelling mends what the recogniser was not sure of.
 */
export function splitWords(line: readonly Character[], spelling?: Spelling): Word[] {
  const characters = mendDashes(line);
  const spacing = spacingOf(characters);
  const groups: Character[][] = [];
  for (const [index, character] of characters.entries()) {
    const group = groups.at(-1);
    if (!group || isBreak(characters, index, spacing)) groups.push([character]);
    else group.push(character);
  }
  const mended = spelling?.mendLine(groups) ?? groups;
  return mended.map((group) => toWord(mendLookalikes(group), spacing.em));
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
