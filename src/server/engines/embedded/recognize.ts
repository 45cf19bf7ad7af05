/**
 * One line of text from its pixels: the recognition model gives each narrow column a distribution
 * over characters, and CTC decoding turns the columns into text.
 */
import { type Character, decodeCtc } from "./ctc.ts";
import type { RotatedBox } from "./geometry.ts";
import { mayLackCharacters } from "./lacking.ts";
import { type Floats, type Models, runModel } from "./models.ts";
import type { Picture } from "./picture.ts";
import { cropToTensor } from "./resample.ts";

/** The model's height in pixels; fixed by its training. */
const HEIGHT = 48;
const NARROWEST = 16;
/** 400 characters of Latin print; a longer line is squeezed. */
const WIDEST = 9600;
/** To -1 … 1. */
const NORMALIZATION = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] } as const;

/** Chinese, Japanese: the square characters are read better, and faster, when they are narrower. */
export const UNSPACED_SQUEEZE = 0.6;

/** How the lines of a page are read. */
export interface Style {
  /** Factor of the width. */
  squeeze: number;
  /** Whether letters alone are expected. Lines that hold more are still read. */
  isAlphabetic: boolean;
}

/** Of any line. */
export const CAREFUL: Style = { squeeze: 1, isAlphabetic: false };

/**
 * @param line its width along the direction of reading.
 * @returns the characters from its start to its end.
 */
export async function recognizeLine(
  models: Models,
  picture: Picture,
  line: RotatedBox,
  { squeeze, isAlphabetic }: Style = CAREFUL,
): Promise<Character[]> {
  const { body, head, letters, characters } = models.recognition;
  const { data, dims } = lineToTensor(picture, line, squeeze);
  const [probabilities, features] = await runModel(body, data, dims);
  if (!head || !features) return decode(probabilities, letters);
  if (isAlphabetic) {
    const reading = decode(probabilities, letters);
    if (!mayLackCharacters(reading, line.width / line.height)) return reading;
  }
  const [all] = await runModel(head, features.data, features.dims);
  return decode(all, characters);
}

/** What the model is given of a line. */
export function lineToTensor(picture: Picture, line: RotatedBox, squeeze = 1): Floats {
  const wanted = Math.round((line.width / line.height) * HEIGHT * squeeze);
  const width = Math.min(WIDEST, Math.max(NARROWEST, wanted));
  const data = cropToTensor(picture, line, width, HEIGHT, NORMALIZATION);
  return { data, dims: [1, 3, HEIGHT, width] };
}

function decode(probabilities: Floats | undefined, characters: readonly string[]): Character[] {
  if (!probabilities) throw new Error("the recognition model gives nothing");
  const [, steps = 0, classes = 0] = probabilities.dims;
  return decodeCtc(probabilities.data, steps, classes, characters);
}
