/** Finding in the texts of a document, as people mean it: any case, any space, Chinese over line ends. */
import type { Span } from "./words.ts";

export interface Match {
  page: number;
  /** Which one of its page, from 0. */
  index: number;
}

/** More than anybody steps through. */
const MOST_MATCHES = 5_000;
const SYNTAX = /[$()*+./?[\\\]^{|}]/g;
const HAN = /\p{Script=Han}/u;

/** Undefined where there is nothing to find. */
export function patternOf(query: string): RegExp | undefined {
  const letters = Array.from(query.trim());
  if (letters.length === 0) return undefined;
  const source = letters.map((letter, index) => {
    if (/\s/u.test(letter)) return /\s/u.test(letters[index - 1] ?? "") ? "" : "\\s+";
    const isInHan = HAN.test(letter) && HAN.test(letters[index + 1] ?? "");
    return letter.replace(SYNTAX, "\\$&") + (isInHan ? "\\s?" : "");
  });
  return new RegExp(source.join(""), "giu");
}

export function findAll(text: string, pattern: RegExp): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(pattern)) {
    if (spans.length >= MOST_MATCHES) break;
    spans.push({ start: match.index, end: match.index + match[0].length });
  }
  return spans;
}

/** Over all pages, in their order. */
export function findInPages(
  pages: Iterable<readonly [page: number, text: string]>,
  pattern: RegExp,
): Match[] {
  const matches: Match[] = [];
  for (const [page, text] of pages) {
    for (const index of findAll(text, pattern).keys()) matches.push({ page, index });
    if (matches.length >= MOST_MATCHES) break;
  }
  return matches;
}

/** The match to begin with: the first from the page on that is being read. */
export function firstFrom(matches: readonly Match[], page: number): number {
  const index = matches.findIndex((match) => match.page >= page);
  return Math.max(0, index);
}

/** The next or previous one, round and round. */
export function stepped(count: number, present: number, step: number): number {
  return count === 0 ? 0 : (present + step + count) % count;
}
