/**
 * Mends words by a word list, but only to what the recogniser saw, too: broken print makes an e look
 * like a c, and then the e is its second choice. What is a word already, and what no alternative
 * makes one, stays: names, codes and other languages.
 */
import type { Character } from "./ctc.ts";
import { isWord } from "./word-list.ts";

/** Of the words of a line, or of the page so far, so many must be known for it to be English. */
const ENGLISH_SHARE = 0.5;
/**
 * Together the changes to one word may be so much less likely than what was read (see `cost`): the
 * longer the word, the less likely is it that chance makes another one of it.
 */
const LARGEST_COST = 2.5;
const LARGEST_COST_PER_CHARACTER = 0.6;
/** Letters are seldom read where there are none: what a change costs more that leaves one out. */
const COST_OF_LEAVING_OUT = 2.5;
const MOST_CHANGES = 3;
/** Of all changes that a word would allow, the cheapest so many are tried. */
const CHANGES_TRIED = 10;
/** What even a sure recogniser mixes up, and at what cost. */
const LOOKALIKES = new Map([
  ["0", { texts: ["O", "o"], cost: 2 }],
  ["1", { texts: ["I", "l"], cost: 2 }],
  ["5", { texts: ["S"], cost: 2.5 }],
  ["8", { texts: ["B"], cost: 2.5 }],
  ["I", { texts: ["l"], cost: 2 }],
  ["l", { texts: ["I"], cost: 2 }],
  ["c", { texts: ["e"], cost: 3.5 }],
]);
/** Two words, perhaps with a mark between them. */
const JOINED = /^\p{L}{3,}$|^\p{L}{2,}[.,;:!?]\p{L}{2,}$/u;
const WORD = /^[\p{L}\d]*\p{L}[\p{L}\d]*(?:'[\p{L}]+)?$/u;

interface Change {
  /** Index of the character that is changed, or before which one is put in. */
  at: number;
  kind: "replace" | "insert";
  text: string;
  cost: number;
}

/** Learns from line to line whether the page is English. */
export class Spelling {
  readonly #words: ReadonlySet<string>;
  #seen = 0;
  #known = 0;

  constructor(words: ReadonlySet<string>) {
    this.#words = words;
  }

  /** @param groups the characters of each word of a line. */
  mendLine(groups: readonly (readonly Character[])[]): readonly (readonly Character[])[] {
    const words = groups.filter((group) => group.length > 2 && WORD.test(coreOf(group).text));
    const known = words.filter((group) => this.#isWord(coreOf(group).text)).length;
    this.#seen += words.length;
    this.#known += known;
    const isEnglish =
      known >= words.length * ENGLISH_SHARE || this.#known > this.#seen * ENGLISH_SHARE;
    return isEnglish ? this.#joinTorn(groups.map((group) => this.#mend(group))) : groups;
  }

  /**
   * Where a word that nobody knows may be two that follow each other: both are known, or both are
   * long and the second one is a name.
   *
   * @returns indices of the first characters of second words.
   */
  joints(group: readonly Character[]): number[] {
    const { text, from } = coreOf(group);
    if (!JOINED.test(text) || this.#isWord(text)) return [];
    return Array.from({ length: text.length - 1 }, (_, index) => index + 1)
      .filter((at) => this.#mayPart(text.slice(0, at), text.slice(at)))
      .map((at) => from + at);
  }

  #mayPart(before: string, after: string): boolean {
    const parts = [before.replace(/[.,;:!?]$/, ""), after];
    if (parts.some((part) => !/^\p{L}+$/u.test(part))) return false;
    if (/\p{Ll}{2}[.,;:!?]?$/u.test(before) && /^\p{Lu}\p{Ll}{2,}$/u.test(after)) return true;
    return parts.every((part) => this.#isWord(part) && (part.length > 1 || /^[aI]$/.test(part)));
  }

  /** Joins two neighbours that only together are a word. */
  #joinTorn(groups: readonly (readonly Character[])[]): readonly (readonly Character[])[] {
    const joined: (readonly Character[])[] = [];
    for (const group of groups) {
      const last = joined.at(-1);
      if (last && this.#isTorn(textOf(last), textOf(group))) {
        joined[joined.length - 1] = [...last, ...group];
      } else {
        joined.push(group);
      }
    }
    return joined;
  }

  #isTorn(before: string, after: string): boolean {
    const [, rest = ""] = /^(\p{Ll}+)[.,;:!?]?$/u.exec(after) ?? [];
    if (rest === "" || !/^\p{L}+$/u.test(before)) return false;
    const isOwnWord = this.#isWord(rest) && (rest.length > 1 || rest === "a");
    if (this.#isWord(before) && isOwnWord) return false;
    return this.#isWord(before + rest);
  }

  #isWord(text: string): boolean {
    return isWord(this.#words, text);
  }

  #mend(group: readonly Character[]): readonly Character[] {
    const { text, from, to } = coreOf(group);
    if (text.length < 2 || !WORD.test(text) || this.#isWord(text)) return group;
    const core = group.slice(from, to);
    const changes = changesOf(core);
    const limit = LARGEST_COST + LARGEST_COST_PER_CHARACTER * text.length;
    const best = combinations(changes, limit).find((combined) => this.#isMended(core, combined));
    return best ? [...group.slice(0, from), ...apply(core, best), ...group.slice(to)] : group;
  }

  #isMended(core: readonly Character[], changes: readonly Change[]): boolean {
    const text = textOf(apply(core, changes));
    return hasCommonCase(text) && this.#isWord(text);
  }
}

/** The word without the marks around it. */
export function coreOf(group: readonly Character[]): { text: string; from: number; to: number } {
  const isInner = ({ text }: Character): boolean => /[\p{L}\d]/u.test(text);
  const from = Math.max(0, group.findIndex(isInner));
  const to = group.findLastIndex(isInner) + 1;
  const core = group.slice(from, to);
  return { text: textOf(core), from, to };
}

function textOf(group: readonly Character[]): string {
  return group.map((character) => character.text).join("");
}

/** `word`, `Word` and `WORD`, but not `wOrd`. */
function hasCommonCase(text: string): boolean {
  return /^(?:\p{Lu}?[\p{Ll}']*|[\p{Lu}']*)$/u.test(text);
}

/** What could be different, the most likely first. */
function changesOf(core: readonly Character[]): Change[] {
  const changes: Change[] = [];
  for (const [at, character] of core.entries()) {
    for (const { text, cost } of character.others) {
      const more = text === "" ? COST_OF_LEAVING_OUT : 0;
      changes.push({ at, kind: "replace", text, cost: cost + more });
    }
    const { texts, cost } = LOOKALIKES.get(character.text) ?? { texts: [], cost: 0 };
    for (const text of texts) changes.push({ at, kind: "replace", text, cost });
    // Not before the first: a letter there is more likely one of the word before.
    for (const { text, cost } of at > 0 ? character.missed : []) {
      changes.push({ at, kind: "insert", text, cost });
    }
  }
  return changes
    .filter(({ text }) => text === "" || /^(?:(\p{L})\1?|')$/u.test(text))
    .toSorted((a, b) => a.cost - b.cost)
    .slice(0, CHANGES_TRIED);
}

/** All sets of up to three changes at different places, the most likely first. */
function combinations(changes: readonly Change[], largestCost: number): Change[][] {
  const sets: { set: Change[]; cost: number }[] = [{ set: [], cost: 0 }];
  for (const change of changes) {
    const grown = sets
      .filter(
        ({ set, cost }) =>
          set.length < MOST_CHANGES &&
          cost + change.cost <= largestCost &&
          set.every((other) => other.at !== change.at),
      )
      .map(({ set, cost }) => ({ set: [...set, change], cost: cost + change.cost }));
    sets.push(...grown);
  }
  return sets
    .slice(1)
    .toSorted((a, b) => a.cost - b.cost)
    .map(({ set }) => set);
}

function apply(core: readonly Character[], changes: readonly Change[]): Character[] {
  return core.flatMap((character, index) => {
    const replaced = changes.find(({ at, kind }) => at === index && kind === "replace");
    const inserted = changes.find(({ at, kind }) => at === index && kind === "insert");
    const text = replaced ? replaced.text : character.text;
    const confidence = replaced
      ? character.confidence * Math.exp(-replaced.cost)
      : character.confidence;
    const own = text === "" ? [] : [{ ...character, text, confidence }];
    const before = core[index - 1];
    if (!inserted || !before) return own;
    const center = (before.center + character.center) / 2;
    return [{ ...character, text: inserted.text, center, confidence: 0.5 }, ...own];
  });
}
