/**
 * The parts of a line that a quick recogniser is not sure of: whole words, for a recogniser reads a
 * character by what stands around it.
 */
import type { Character } from "./ctc.ts";
import type { InkColumns, Span } from "./ink-gaps.ts";
import { coreOf } from "./spelling.ts";
import { SPACE, unreadBefore } from "./unread.ts";
import { isNearWord, isWord } from "./word-list.ts";

/** What makes a word doubtful. */
interface Limits {
  /** Less sure characters are wrong too often. */
  certainty: number;
  /** What may have been passed over, and is less likely than nothing by less than this, often was. */
  missed: number;
}

/** Chance hardly makes an English word of another one. */
const KNOWN: Limits = { certainty: 0.6, missed: 0.2 };
/** What looks like a word with a mistake, and numbers, of which nothing else tells whether they are right. */
const SUSPECT: Limits = { certainty: 0.9, missed: 2 };
/** A name, or a word of another language. */
const FOREIGN: Limits = { certainty: 0.7, missed: 1 };
const HAS_DIGIT = /\p{Nd}/u;
/** Heights between the middles of characters; over less than this two parts are read as one. */
const NEAR = 1.5;
/** Heights of paper around a part, where there is so much. */
const MARGIN = 0.25;

/** Neighbouring words, and where along their line they stand. */
export interface Part extends Span {
  /** Their characters: the first one's index, and that behind the last one. */
  first: number;
  end: number;
}

/** @returns the parts in their order, none of which touches another or a word beside it. */
export function doubtfulParts(
  reading: readonly Character[],
  ink: InkColumns,
  words: ReadonlySet<string>,
): Part[] {
  const parts: Pick<Part, "first" | "end">[] = [];
  const unread = unreadBefore(reading, ink);
  for (const { first, end } of wordsOf(reading)) {
    // What stands between two words may belong to either.
    const isWhole = !unread.some((index) => index >= first && index <= end);
    if (isWhole && !isDoubtful(reading.slice(first, end), words)) continue;
    const last = parts.at(-1);
    if (last && isNear(reading, last.end, first, ink.aspect)) last.end = end;
    else parts.push({ first, end });
  }
  return parts.map(({ first, end }) => ({
    first,
    end,
    from: first === 0 ? 0 : startOf(reading, first, ink),
    to: end === reading.length ? 1 : endOf(reading, end, ink),
  }));
}

function wordsOf(reading: readonly Character[]): Pick<Part, "first" | "end">[] {
  const starts = [...reading.keys()].filter(
    (index) => index === 0 || (reading[index]?.spaceBefore ?? 0) >= SPACE,
  );
  return starts.map((first, index) => ({ first, end: starts[index + 1] ?? reading.length }));
}

function isDoubtful(word: readonly Character[], words: ReadonlySet<string>): boolean {
  const core = coreOf(word).text;
  // Marks alone are in no list, and no words either.
  const isKnown = core === "" || isWord(words, core);
  if (isKnown) return exceeds(word, KNOWN);
  if (exceeds(word, FOREIGN) || word.some(isOneOfTwo)) return true;
  return exceeds(word, SUSPECT) && (HAS_DIGIT.test(core) || isNearWord(words, core));
}

function exceeds(word: readonly Character[], { certainty, missed }: Limits): boolean {
  return word.some((character, index) => {
    // The same letter again is a wide one's edge, or one of two: then that is an alternative.
    const before = word[index - 1]?.text;
    const isMissed = character.missed.some(
      ({ text, cost }) => cost < missed && text !== character.text && text !== before,
    );
    return character.confidence < certainty || isMissed;
  });
}

function isOneOfTwo({ text, others }: Character): boolean {
  return others.some((one) => one.text === text + text);
}

/** @param end behind a part, and the `start` of the next one. */
function isNear(
  reading: readonly Character[],
  end: number,
  start: number,
  aspect: number,
): boolean {
  return end === start || (centerOf(reading, start) - centerOf(reading, end - 1)) * aspect < NEAR;
}

/** Before a character, in the paper between it and the one before. */
function startOf(reading: readonly Character[], index: number, ink: InkColumns): number {
  const { from, to } = paperBefore(reading, index, ink);
  return Math.max(from, to - MARGIN / ink.aspect);
}

/** Behind the last character before `index`. */
function endOf(reading: readonly Character[], index: number, ink: InkColumns): number {
  const { from, to } = paperBefore(reading, index, ink);
  return Math.min(to, from + MARGIN / ink.aspect);
}

/** Half way between the middles of two characters where their print touches. */
function paperBefore(reading: readonly Character[], index: number, ink: InkColumns): Span {
  const [left, right] = [centerOf(reading, index - 1), centerOf(reading, index)];
  const paper = ink.gapBetween(left, right);
  const half = (left + right) / 2;
  return paper.to > paper.from ? paper : { from: half, to: half };
}

function centerOf(reading: readonly Character[], index: number): number {
  return reading[index]?.center ?? 0;
}
