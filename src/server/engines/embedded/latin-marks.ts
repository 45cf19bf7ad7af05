/**
 * Marks in Latin print that the recogniser, which was trained on Chinese, takes for their wide twins
 * of Chinese print: （ for (, ： for :, and the character for mouth, 口, for a box to tick.
 */
import type { Character } from "./ctc.ts";

const CHINESE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** A box to tick, and what it is taken for. */
export const TICK_BOX = "☐";
const BOX_LIKE = /^[口囗ロ□]$/;
/** Unicode's block of wide forms: each so far from the narrow one. */
const WIDE = /^[\uff01-\uff5e]$/;
const WIDE_OFFSET = 0xfee0;
const OTHERS = new Map([
  ["、", ","],
  ["。", "."],
]);

/** @returns the characters with narrow marks; those of a line of Chinese or Japanese as they are. */
export function toLatinMarks(line: readonly Character[]): readonly Character[] {
  if (line.some(({ text }) => CHINESE.test(text) && !BOX_LIKE.test(text))) return line;
  if (!line.some(({ text }) => /[\p{Script=Latin}\d]/u.test(narrow(text)))) return line;
  return line.map((character) => {
    const text = narrow(character.text);
    return text === character.text ? character : { ...character, text };
  });
}

function narrow(text: string): string {
  if (BOX_LIKE.test(text)) return TICK_BOX;
  if (WIDE.test(text)) return String.fromCodePoint((text.codePointAt(0) ?? 0) - WIDE_OFFSET);
  return OTHERS.get(text) ?? text;
}
