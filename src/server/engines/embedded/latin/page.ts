/** A page whose lines may be in languages with accents: those are read once more. */
import type { Character } from "../ctc.ts";
import type { RotatedBox } from "../geometry.ts";
import type { Models } from "../models.ts";
import type { Picture } from "../picture.ts";
import { type Word, splitWords } from "../words.ts";
import type { LatinLanguage } from "./function-words.ts";
import { LanguageGuess } from "./guess.ts";
import type { SecondReader } from "./second-reader.ts";

/** A recogniser that knows these needs no second one: each is a letter of one of the languages. */
const TELLING_LETTERS = ["ß", "ç", "ñ", "ê"];

export class LatinPage {
  readonly #second: SecondReader;
  readonly #picture: Picture;
  readonly #guess: LanguageGuess;

  constructor(models: Models, picture: Picture, languages: readonly LatinLanguage[]) {
    this.#second = models.secondReader;
    this.#picture = picture;
    const isKnown = TELLING_LETTERS.every((letter) =>
      models.recognition.characters.includes(letter),
    );
    this.#guess = new LanguageGuess(isKnown ? [] : languages);
  }

  /** Learns from a line of the page what language it is in. */
  note(words: readonly Word[]): void {
    this.#guess.add(textOf(words));
  }

  /**
   * The words of a line with their accents, or as they are where the language has none.
   *
   * @param words as they come from the reading.
   */
  async improve(
    words: readonly Word[],
    reading: readonly Character[],
    box: RotatedBox,
  ): Promise<readonly Word[]> {
    const text = textOf(words);
    const language = this.#guess.of(text);
    this.#guess.add(text);
    if (language === undefined || !/\p{L}/u.test(text)) return words;
    return splitWords(await this.#second.improve(reading, this.#picture, box, language));
  }
}

function textOf(words: readonly Word[]): string {
  return words.map(({ text }) => text).join(" ");
}
