/**
 * One line of text from its pixels: the recognition model gives each narrow column a distribution
 * over characters, and CTC decoding turns the columns into text.
 */
import type { RotatedBox } from "./geometry.ts";
import { type Models, runModel } from "./models.ts";
import type { Picture } from "./picture.ts";
import { cropToTensor } from "./resample.ts";

/** A character and where along its line it stands, 0–1. */
export interface Character {
  text: string;
  confidence: number;
  center: number;
  /** The highest probability of a space between it and the character before it. */
  spaceBefore: number;
}

/** The model's height in pixels; fixed by its training. */
const HEIGHT = 48;
const NARROWEST = 16;
/** 400 characters of Latin print; a longer line is squeezed. */
const WIDEST = 9600;
/** To -1 … 1. */
const NORMALIZATION = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] } as const;

/**
 * @param line its width along the direction of reading.
 * @returns the characters from its start to its end.
 */
export async function recognizeLine(
  models: Models,
  picture: Picture,
  line: RotatedBox,
): Promise<Character[]> {
  const wanted = Math.round((line.width / line.height) * HEIGHT);
  const width = Math.min(WIDEST, Math.max(NARROWEST, wanted));
  const tensor = cropToTensor(picture, line, width, HEIGHT, NORMALIZATION);
  const output = await runModel(models.recognition, tensor, [1, 3, HEIGHT, width]);
  const [, steps = 0, classes = 0] = output.dims;
  return decodeCtc(output.data, steps, classes, models.characters);
}

/**
 * Greedy decoding: of neighbouring columns with the same best class one character, blanks dropped.
 * Source: Graves et al., "Connectionist Temporal Classification" (ICML 2006), best path.
 *
 * @param probabilities `steps` rows of `classes`; class 0 is the blank.
 */
export function decodeCtc(
  probabilities: Float32Array,
  steps: number,
  classes: number,
  characters: readonly string[],
): Character[] {
  const found: Character[] = [];
  let last = 0;
  let [start, confidence, space] = [0, 0, 0];
  const spaceClass = characters.indexOf(" ");
  const close = (end: number): void => {
    const text = characters[last] ?? "";
    if (text === "" || text === " ") return;
    found.push({ text, confidence, center: (start + end) / 2 / steps, spaceBefore: space });
    space = 0;
  };
  for (let step = 0; step < steps; step++) {
    const { best, probability } = bestClass(probabilities, step * classes, classes);
    if (best === last) {
      confidence = Math.max(confidence, probability);
    } else {
      close(step);
      last = best;
      [start, confidence] = [step, probability];
    }
    space = Math.max(space, probabilities[step * classes + spaceClass] ?? 0);
  }
  close(steps);
  return found;
}

function bestClass(
  probabilities: Float32Array,
  offset: number,
  classes: number,
): { best: number; probability: number } {
  let best = 0;
  let probability = probabilities[offset] ?? 0;
  for (let index = 1; index < classes; index++) {
    const value = probabilities[offset + index] ?? 0;
    if (value > probability) {
      probability = value;
      best = index;
    }
  }
  return { best, probability };
}
