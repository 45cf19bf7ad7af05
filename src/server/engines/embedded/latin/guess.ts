/**
 * Which language a line is in: by its function words and by those of the page so far. Text without
 * accents, as the first recogniser reads it, is enough.
 */
import {
  type GuessedLanguage,
  type LatinLanguage,
  functionWords,
  latinLanguages,
} from "./function-words.ts";

const candidates: readonly GuessedLanguage[] = ["en", ...latinLanguages];
/** The share in a text of the most frequent word; the one at rank n has an n-th of it (Zipf's law). */
const LARGEST_SHARE = 0.06;
/** The share of a word that is none of the language's function words. */
const OTHER_SHARE = 0.0001;
/** The page so far counts as much as so many words of the line. */
const PAGE_WORDS = 8;
/** A language has to be so much more likely than English, as a difference of logarithms. */
const LEAST_LEAD = 7;
/** Languages that nobody knows here share some function words, but fewer: the mean of a text. */
const LEAST_MEAN = 0.8;

/** What the first recogniser takes the marks before a Spanish question or exclamation for. */
const TURNED_MARK = /(?<![\p{L}\d])[ij](?=\p{Lu})/gu;
/** Not the letters of a code such as `#e6d598`. */
const WORD = /(?<![\p{L}\d])\p{Script=Latin}+'?(?!\d)/gu;

const evidence = new Map<GuessedLanguage, ReadonlyMap<string, number>>(
  candidates.map((language) => [language, wordEvidence(functionWords[language])]),
);

function wordEvidence(words: string): ReadonlyMap<string, number> {
  return new Map(
    words
      .split(" ")
      .map((word, index) => [word, Math.log(LARGEST_SHARE / (index + 2) / OTHER_SHARE)]),
  );
}

/** How much for each language, and by how many words. */
interface Evidence {
  sums: ReadonlyMap<GuessedLanguage, number>;
  words: number;
}

export class LanguageGuess {
  readonly #enabled: ReadonlySet<GuessedLanguage>;
  #page: Evidence = evidenceOf("");

  /** @param enabled others are taken for English. */
  constructor(enabled: readonly LatinLanguage[]) {
    this.#enabled = new Set(enabled);
  }

  /** Adds a line to what is known of the page. */
  add(text: string): void {
    if (this.#enabled.size > 0) this.#page = sum(this.#page, evidenceOf(text));
  }

  /** The language of a line, or undefined for English and whatever is not known. */
  of(text: string): LatinLanguage | undefined {
    if (this.#enabled.size === 0) return undefined;
    const share = PAGE_WORDS / Math.max(PAGE_WORDS, this.#page.words);
    const { sums, words } = sum(this.#page, evidenceOf(text), share);
    const least = Math.max((sums.get("en") ?? 0) + LEAST_LEAD, words * LEAST_MEAN);
    let best: { language: LatinLanguage; value: number } | undefined;
    for (const language of latinLanguages) {
      const value = sums.get(language) ?? 0;
      if (value >= (best?.value ?? least)) best = { language, value };
    }
    return best && this.#enabled.has(best.language) ? best.language : undefined;
  }
}

function evidenceOf(text: string): Evidence {
  // A recogniser may know some of the accents, and the lists have none.
  const plain = text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("’", "'");
  const words = plain.replaceAll(TURNED_MARK, "").toLowerCase().match(WORD) ?? [];
  const sums = new Map(
    candidates.map((language) => {
      const known = evidence.get(language);
      return [language, words.reduce((total, word) => total + (known?.get(word) ?? 0), 0)];
    }),
  );
  // Names, addresses and numbers say nothing.
  const isSilent = [...sums.values()].every((value) => value === 0);
  return { sums, words: isSilent ? 0 : words.length };
}

function sum(a: Evidence, b: Evidence, weightOfA = 1): Evidence {
  const add = (language: GuessedLanguage): number =>
    (a.sums.get(language) ?? 0) * weightOfA + (b.sums.get(language) ?? 0);
  return {
    sums: new Map(candidates.map((language) => [language, add(language)])),
    words: a.words * weightOfA + b.words,
  };
}
