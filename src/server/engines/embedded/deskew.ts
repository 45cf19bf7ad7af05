/**
 * Pages that lie askew are looked at twice: once to see by how much, and once laid straight, where
 * neighbouring lines do not run into each other.
 */
import { detectLines, detectLinesIn } from "./detect.ts";
import { type RotatedBox, bounds, skewOf, turnedBack } from "./geometry.ts";
import type { Models } from "./models.ts";
import type { Picture } from "./picture.ts";

/** Radians; the model does not mind less. */
const LARGEST_SKEW = 0.05;
/** Left around the text, in pixels. */
const MARGIN = 40;

/** The lines of text of a picture, in no order, in its pixels. */
export async function findLines(models: Models, picture: Picture): Promise<RotatedBox[]> {
  const boxes = await detectLines(models, picture);
  const skew = skewOf(boxes);
  if (Math.abs(skew) < LARGEST_SKEW) return boxes;
  return await detectLinesIn(models, picture, frameAround(boxes, skew));
}

/** The smallest box at an angle that holds all boxes, with a margin. */
function frameAround(boxes: readonly RotatedBox[], angle: number): RotatedBox {
  const sides = boxes.map((box) => bounds(turnedBack(box, angle)));
  const left = Math.min(...sides.map((side) => side[0])) - MARGIN;
  const top = Math.min(...sides.map((side) => side[1])) - MARGIN;
  const right = Math.max(...sides.map((side) => side[2])) + MARGIN;
  const bottom = Math.max(...sides.map((side) => side[3])) + MARGIN;
  const middle = {
    center: { x: (left + right) / 2, y: (top + bottom) / 2 },
    width: right - left,
    height: bottom - top,
    angle: 0,
  };
  // Turned back by the opposite angle, it stands on the picture again.
  return turnedBack(middle, -angle);
}
