/**
 * One line of text from its pixels: a recognition model gives each narrow column a distribution over
 * characters, and CTC decoding turns the columns into text. Letters are read by a quick model first,
 * and what that is not sure of by the large one.
 */
import type * as ort from "onnxruntime-node";
import { type Character, decodeCtc } from "./ctc.ts";
import { type Part, doubtfulParts } from "./doubtful.ts";
import { type RotatedBox, between } from "./geometry.ts";
import { InkColumns } from "./ink-gaps.ts";
import { mayLackCharacters } from "./lacking.ts";
import { type Floats, type Models, runModel } from "./models.ts";
import type { Picture } from "./picture.ts";
import { type Planes, cropToTensor } from "./resample.ts";

/**
 * What the models see, fixed by their training: rows of pixels, and colours or brightness alone. Both
 * see as many columns.
 */
export const INPUTS = { large: { rows: 48, planes: 3 }, quick: { rows: 32, planes: 1 } } as const;
const NARROWEST = 16;
/** 400 characters of Latin print; a longer line is squeezed. */
const WIDEST = 9600;
/** To -1 … 1. */
const NORMALIZATION = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] } as const;

/** Chinese, Japanese: the square characters are read better, and faster, when they are narrower. */
export const UNSPACED_SQUEEZE = 0.6;
/** Share of a line; where more is doubtful, one reading of all of it costs less than those of its parts. */
const MOST_DOUBTFUL = 0.6;

/** How the lines of a page are read. */
export interface Style {
  /** Factor of the width. */
  squeeze: number;
  /** Whether letters alone are expected. Lines that hold more are still read. */
  isAlphabetic: boolean;
}

/** Of any line. */
export const CAREFUL: Style = { squeeze: 1, isAlphabetic: false };

/** A line of a picture, on its way through the recognisers. */
export class TextLine {
  readonly #models: Models;
  readonly #picture: Picture;
  readonly #box: RotatedBox;
  readonly ink: InkColumns;

  /** @param box its width along the direction of reading. */
  constructor(models: Models, picture: Picture, box: RotatedBox) {
    this.#models = models;
    this.#picture = picture;
    this.#box = box;
    this.ink = new InkColumns(picture, box);
  }

  /** @returns the characters from its start to its end. */
  async recognize(style: Style): Promise<Character[]> {
    const { quick } = this.#models.recognition;
    if (!quick || !style.isAlphabetic) return await this.#read(style);
    const reading = await this.#readQuickly(quick, style.squeeze);
    if (this.#mayLack(reading)) return await this.#read(style);
    const parts = doubtfulParts(reading, this.ink, this.#models.words);
    const doubtful = parts.reduce((sum, { from, to }) => sum + to - from, 0);
    if (doubtful > MOST_DOUBTFUL) return await this.#read(style);
    return await this.#mend(reading, parts, style.squeeze);
  }

  /**
   * The characters as well as is needed to tell the direction, script and language of a page: letters
   * by the quick model alone, and carefully whatever may be something else.
   */
  async sample(): Promise<Character[]> {
    const { quick } = this.#models.recognition;
    const reading = quick && (await this.#readQuickly(quick, CAREFUL.squeeze));
    if (reading && !this.#mayLack(reading)) return reading;
    return await this.#read(CAREFUL);
  }

  async #readQuickly(quick: ort.InferenceSession, squeeze: number): Promise<Character[]> {
    const { data, dims } = lineToTensor(this.#picture, this.#box, INPUTS.quick, squeeze);
    const [probabilities] = await runModel(quick, data, dims);
    return decode(probabilities, this.#models.recognition.letters);
  }

  /** By the large model. */
  async #read({ isAlphabetic, squeeze }: Style): Promise<Character[]> {
    const { body, head, letters, characters } = this.#models.recognition;
    const { data, dims } = lineToTensor(this.#picture, this.#box, INPUTS.large, squeeze);
    const [probabilities, features] = await runModel(body, data, dims);
    if (!head || !features) return decode(probabilities, letters);
    if (isAlphabetic) {
      const reading = decode(probabilities, letters);
      if (!this.#mayLack(reading)) return reading;
    }
    const [all] = await runModel(head, features.data, features.dims);
    return decode(all, characters);
  }

  #mayLack(reading: readonly Character[]): boolean {
    return mayLackCharacters(reading, this.ink);
  }

  /** Puts in the place of its doubtful parts what the large model reads there. */
  async #mend(
    reading: readonly Character[],
    parts: readonly Part[],
    squeeze: number,
  ): Promise<Character[]> {
    const mended: Character[] = [];
    let done = 0;
    for (const part of parts) {
      const before = reading.slice(done, part.first);
      const doubtful = reading.slice(part.first, part.end);
      const again = await this.#readPart(part, squeeze);
      mended.push(...before, ...(again.length === 0 ? doubtful : follow(again, doubtful)));
      done = part.end;
    }
    return [...mended, ...reading.slice(done)];
  }

  /** For letters alone: that the line may lack other characters was ruled out before. */
  async #readPart({ from, to }: Part, squeeze: number): Promise<Character[]> {
    const { body, letters } = this.#models.recognition;
    const { width } = this.#box;
    const box = between(this.#box, (from - 0.5) * width, (to - 0.5) * width);
    const { data, dims } = lineToTensor(this.#picture, box, INPUTS.large, squeeze);
    const [probabilities] = await runModel(body, data, dims);
    const characters = decode(probabilities, letters);
    return characters.map((one) => ({ ...one, center: from + one.center * (to - from) }));
  }
}

/** The part alone does not show the space before it. */
function follow(again: readonly Character[], before: readonly Character[]): Character[] {
  const spaceBefore = before[0]?.spaceBefore ?? 0;
  return again.map((one, index) =>
    index === 0 ? { ...one, spaceBefore: Math.max(one.spaceBefore, spaceBefore) } : one,
  );
}

/** What a model is given of a line. */
export function lineToTensor(
  picture: Picture,
  line: RotatedBox,
  { rows, planes }: { rows: number; planes: Planes },
  squeeze = 1,
): Floats {
  const wanted = Math.round((line.width / line.height) * INPUTS.large.rows * squeeze);
  const width = Math.min(WIDEST, Math.max(NARROWEST, wanted));
  const data = cropToTensor(picture, line, width, rows, NORMALIZATION, planes);
  return { data, dims: [1, planes, rows, width] };
}

function decode(probabilities: Floats | undefined, characters: readonly string[]): Character[] {
  if (!probabilities) throw new Error("the recognition model gives nothing");
  const [, steps = 0, classes = 0] = probabilities.dims;
  return decodeCtc(probabilities.data, steps, classes, characters);
}
