/** The Chinese dash, which takes two characters: one half of it looks like the number one, 一. */
import type { Character } from "./ctc.ts";

const DASH = /^[—―－-]$/;
/** A sure 一 is one: 星期一—星期五. */
const LARGEST_COST = 1.5;

/** @returns the characters with both halves of each dash as one. */
export function mendDashes(characters: readonly Character[]): readonly Character[] {
  return characters.map((character, index) => {
    if (character.text !== "一") return character;
    const neighbours = [characters[index - 1], characters[index + 1]];
    if (!neighbours.some((other) => other && DASH.test(other.text))) return character;
    const isDash = character.others.some(
      ({ text, cost }) => DASH.test(text) && cost < LARGEST_COST,
    );
    return isDash ? { ...character, text: "—" } : character;
  });
}
