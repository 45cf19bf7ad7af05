/** Reads lines of languages with accents once more; loaded when the first such line comes. */
import type { Character } from "../ctc.ts";
import type { RotatedBox } from "../geometry.ts";
import type { Picture } from "../picture.ts";
import type { LatinLanguage } from "./function-words.ts";
import { linePicture, toBox } from "./line-picture.ts";
import { mergeReadings } from "./merge.ts";
import { Tesseract } from "./tesseract.ts";

/** One for a process: what is loaded stays. */
export class SecondReader {
  #tesseract: Promise<Tesseract> | undefined;
  #isBroken = false;

  get isLoaded(): boolean {
    return this.#tesseract !== undefined;
  }

  /** @returns what stands in the box, given how the first recogniser read it. */
  async improve(
    reading: readonly Character[],
    picture: Picture,
    box: RotatedBox,
    language: LatinLanguage,
  ): Promise<readonly Character[]> {
    if (this.#isBroken) return reading;
    try {
      this.#tesseract ??= Tesseract.load();
      const tesseract = await this.#tesseract;
      const line = linePicture(picture, box);
      const glyphs = toBox(tesseract.readLine(line, language), line);
      return mergeReadings(reading, glyphs, box.width / box.height);
    } catch (error) {
      // Text without accents is worth more than none, but WebAssembly that failed may hold anything.
      this.#isBroken = true;
      console.error("The second recogniser fails; accents are not read any more.", error);
      return reading;
    }
  }
}
