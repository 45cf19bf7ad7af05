/**
 * Which way up the page is: on its side, upside down, askew. The picture stays as it is; its lines
 * are read, and laid out, along the direction found here.
 */
import { type RotatedBox, between, skewOf, turnTo } from "./geometry.ts";
import type { Models } from "./models.ts";
import type { Picture } from "./picture.ts";
import type { Character } from "./ctc.ts";
import { TextLine } from "./recognize.ts";

/** So many of the longest lines have a say, where the first few do not agree. */
const SAMPLES = 6;
const FIRST_SAMPLES = 3;
/** Of each, so many times its height. */
const SAMPLE_ASPECT = 9;
/** Only boxes with so long a side show their direction. */
const LEAST_ASPECT = 2.5;
/** With this mean confidence a direction is right, and no other one is tried. */
const SURE = 0.9;
/** And with this one, three lines are enough. */
const SURE_AT_ONCE = 0.95;

export interface Orientation {
  /** In which the lines run, radians clockwise from the picture's x axis. */
  direction: number;
  /** The lines that had a say, as they were read along it. */
  readings: (readonly Character[])[];
}

export async function findDirection(
  models: Models,
  picture: Picture,
  boxes: readonly RotatedBox[],
): Promise<Orientation> {
  const samples = boxes
    .filter((box) => longer(box) >= LEAST_ASPECT * Math.min(box.width, box.height))
    .toSorted((a, b) => longer(b) - longer(a))
    .slice(0, SAMPLES)
    .map((box) => middleOf(box));
  if (samples.length === 0) return { direction: 0, readings: [] };
  const skew = skewOf(samples);
  let best: Orientation = { direction: skew, readings: [] };
  let bestScore = 0;
  for (const quarterTurns of isOnSide(boxes) ? [1, 3] : [0, 2]) {
    const direction = skew + (quarterTurns * Math.PI) / 2;
    const readings = await readAlong(models, picture, samples, direction);
    const score = readability(readings);
    if (score > bestScore) {
      best = { direction, readings };
      bestScore = score;
    }
    if (score >= SURE) break;
  }
  return best;
}

/** The middle of a long line tells as much as all of it, and costs less. */
function middleOf(box: RotatedBox): RotatedBox {
  const half = Math.min(box.width, box.height * SAMPLE_ASPECT) / 2;
  return between(box, -half, half);
}

function longer({ width, height }: RotatedBox): number {
  return Math.max(width, height);
}

/** Whether most of the print, by its length, runs more up or down than across. */
function isOnSide(boxes: readonly RotatedBox[]): boolean {
  let [across, along] = [0, 0];
  for (const { width, height, angle } of boxes) {
    if (Math.abs(Math.cos(angle)) > Math.SQRT1_2) across += width - height;
    else along += width - height;
  }
  return along > across;
}

async function readAlong(
  models: Models,
  picture: Picture,
  samples: readonly RotatedBox[],
  direction: number,
): Promise<Character[][]> {
  const readings: Character[][] = [];
  for (const [index, box] of samples.entries()) {
    if (index === FIRST_SAMPLES && readability(readings) >= SURE_AT_ONCE) break;
    const line = new TextLine(models, picture, turnTo(box, direction));
    readings.push(await line.sample());
  }
  return readings;
}

/** Mean confidence of the lines, 0–1. */
function readability(readings: readonly (readonly Character[])[]): number {
  return readings.reduce((sum, line) => sum + meanConfidence(line), 0) / readings.length;
}

function meanConfidence(characters: readonly Character[]): number {
  const sum = characters.reduce((total, { confidence }) => total + confidence, 0);
  return characters.length === 0 ? 0 : sum / characters.length;
}
