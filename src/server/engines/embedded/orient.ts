/**
 * Which way up the page is: on its side, upside down, askew. The picture stays as it is; its lines
 * are read, and laid out, along the direction found here.
 */
import { type RotatedBox, skewOf, turnTo } from "./geometry.ts";
import type { Models } from "./models.ts";
import type { Picture } from "./picture.ts";
import type { Character } from "./ctc.ts";
import { recognizeLine } from "./recognize.ts";

/** So many of the longest lines have a say. */
const SAMPLES = 6;
/** Only boxes with so long a side show their direction. */
const LEAST_ASPECT = 2.5;
/** With this mean confidence a direction is right, and no other one is tried. */
const SURE = 0.9;

/** @returns the direction in which the lines run, radians clockwise from the picture's x axis. */
export async function findDirection(
  models: Models,
  picture: Picture,
  boxes: readonly RotatedBox[],
): Promise<number> {
  const samples = boxes
    .filter((box) => longer(box) >= LEAST_ASPECT * Math.min(box.width, box.height))
    .toSorted((a, b) => longer(b) - longer(a))
    .slice(0, SAMPLES);
  if (samples.length === 0) return 0;
  const skew = skewOf(samples);
  let best = { direction: skew, score: 0 };
  for (const quarterTurns of isOnSide(boxes) ? [1, 3] : [0, 2]) {
    const direction = skew + (quarterTurns * Math.PI) / 2;
    const score = await readability(models, picture, samples, direction);
    if (score > best.score) best = { direction, score };
    if (score >= SURE) break;
  }
  return best.direction;
}

function longer({ width, height }: RotatedBox): number {
  return Math.max(width, height);
}

function isOnSide(boxes: readonly RotatedBox[]): boolean {
  let [lying, standing] = [0, 0];
  for (const box of boxes) {
    if (box.width >= box.height) lying += box.width - box.height;
    else standing += box.height - box.width;
  }
  return standing > lying;
}

/** Mean confidence of the lines when they are read along a direction, 0–1. */
async function readability(
  models: Models,
  picture: Picture,
  samples: readonly RotatedBox[],
  direction: number,
): Promise<number> {
  let sum = 0;
  for (const box of samples) {
    sum += meanConfidence(await recognizeLine(models, picture, turnTo(box, direction)));
  }
  return sum / samples.length;
}

function meanConfidence(characters: readonly Character[]): number {
  const sum = characters.reduce((total, { confidence }) => total + confidence, 0);
  return characters.length === 0 ? 0 : sum / characters.length;
}
