/**
 * Text as the full-text index wants it. SQLite's tokenizer takes a run of Chinese or Japanese, which
 * has no spaces, for one word: here each of its characters becomes a word of its own, and a query of
 * several a phrase.
 */
import type { Snippet } from "../../shared/jobs.ts";

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const WORD = /[\p{L}\p{N}]+/gu;
/** The beginnings of fewer letters are those of too many words; see `prefix` of the index. */
const SHORTEST_BEGINNING = 2;
/** More words make a query slow, not better. */
const MOST_WORDS = 16;

export function indexedText(text: string): string {
  return text.normalize("NFKC").replace(UNSPACED, " $& ");
}

/**
 * The query of FTS5 that finds pages with all words: each as the beginning of one (single letters only as themselves), those without
 * spaces as a phrase.
 *
 * @returns undefined where the text holds no word.
 */
export function searchQuery(text: string): string | undefined {
  const terms = text.normalize("NFKC").split(/\s+/).flatMap(termsOf).slice(0, MOST_WORDS);
  return terms.length > 0 ? terms.join(" AND ") : undefined;
}

/** `"caf"*` for caf, `"南 丰"` for 南丰. Only letters and digits, so nothing needs to be escaped. */
function termsOf(chunk: string): string[] {
  return wordsOf(chunk).map((word) => {
    const parts = indexedText(word).trim().split(/\s+/);
    const isSpaced = parts.length === 1 && word.replace(UNSPACED, "") !== "";
    const isBeginning = isSpaced && word.length >= SHORTEST_BEGINNING;
    return isBeginning ? `"${word}"*` : `"${parts.join(" ")}"`;
  });
}

function wordsOf(text: string): string[] {
  return Array.from(text.matchAll(WORD), ([word]) => word);
}

const BEFORE = 40;
const LENGTH = 160;

/** What stands around the first place where a word of the query is found. */
export function snippetOf(text: string, query: string): Snippet {
  const words = wordsOf(query.normalize("NFKC")).slice(0, MOST_WORDS);
  const plain = folded(text);
  const places = words
    .map((word) => plain.indexOf(folded(word)))
    .filter((index) => index >= 0)
    .toSorted((a, b) => a - b);
  const start = beginningOfWord(text, Math.max(0, (places[0] ?? 0) - BEFORE));
  const shown = text.slice(start, start + LENGTH);
  return { text: shown, hits: hitsIn(plain.slice(start, start + LENGTH), words.map(folded)) };
}

/** Lower case without accents, character by character, so that places stay the same. */
function folded(text: string): string {
  return text.replace(/\P{ASCII}/gu, foldCharacter).toLowerCase();
}

function foldCharacter(character: string): string {
  const simple = character.normalize("NFD").charAt(0).toLowerCase();
  return simple.length === character.length ? simple : character;
}

function hitsIn(text: string, words: readonly string[]): [number, number][] {
  const hits: [number, number][] = [];
  for (const word of words) {
    let at = text.indexOf(word);
    while (at >= 0) {
      hits.push([at, at + word.length]);
      at = text.indexOf(word, at + word.length);
    }
  }
  return merged(hits.toSorted(([a], [b]) => a - b));
}

function merged(hits: readonly [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [start, end] of hits) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

function beginningOfWord(text: string, at: number): number {
  if (at === 0) return 0;
  const space = text.slice(at, at + BEFORE / 2).search(/\s/);
  return space < 0 ? at : at + space + 1;
}
