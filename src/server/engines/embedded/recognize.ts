/**
 * One line of text from its pixels: the recognition model gives each narrow column a distribution
 * over characters, and CTC decoding turns the columns into text.
 */
import { type Character, decodeCtc } from "./ctc.ts";
import type { RotatedBox } from "./geometry.ts";
import { type Models, runModel } from "./models.ts";
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

/**
 * @param line its width along the direction of reading.
 * @param squeeze factor of the width at which the line is read.
 * @returns the characters from its start to its end.
 */
export async function recognizeLine(
  models: Models,
  picture: Picture,
  line: RotatedBox,
  squeeze = 1,
): Promise<Character[]> {
  const wanted = Math.round((line.width / line.height) * HEIGHT * squeeze);
  const width = Math.min(WIDEST, Math.max(NARROWEST, wanted));
  const tensor = cropToTensor(picture, line, width, HEIGHT, NORMALIZATION);
  const output = await runModel(models.recognition, tensor, [1, 3, HEIGHT, width]);
  const [, steps = 0, classes = 0] = output.dims;
  return decodeCtc(output.data, steps, classes, models.characters);
}
