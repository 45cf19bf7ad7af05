/** Boxes as they stand on the page turned upright and flattened, and what can be said of several. */
import { type RotatedBox, bounds, turnedBack } from "../geometry.ts";
import { type Relief, findRelief, riseOf } from "./relief.ts";
import { sheared } from "./shear.ts";

export interface Placed {
  /** In the picture. */
  box: RotatedBox;
  /** Its bounds on the page turned upright and flattened, in pixels. */
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What stands side by side, from the start of the line. */
export type Row = Placed[];

/** A stretch of the page's width. */
export interface Span {
  from: number;
  to: number;
}

/** A box as wide as this many heights is a line, whose slope is the paper's and not its own. */
const LINE_ASPECT = 1.5;
/** Where a line's level is taken, from -1 at its start to 1 at its end. */
const SAMPLES = [-0.7, 0, 0.7];

/** @param direction in which the lines run. */
export function placeAll(boxes: readonly RotatedBox[], direction: number): Placed[] {
  const upright = boxes.map((box) => turnedBack(box, direction));
  const relief = findRelief(upright);
  return sheared(upright.map((turned, index) => place(boxes[index] ?? turned, turned, relief)));
}

function place(box: RotatedBox, upright: RotatedBox, relief: Relief): Placed {
  const [left, top, right, bottom] = bounds(upright);
  const { center, width, height, angle } = upright;
  if (width < height * LINE_ASPECT) {
    const shift = relief(center.x, center.y);
    return { box, left, top: top - shift, right, bottom: bottom - shift };
  }
  const levels = SAMPLES.map((t) => {
    const x = center.x + (t * width * Math.cos(angle)) / 2;
    const y = center.y + riseOf(upright, t);
    return y - relief(x, y);
  });
  const middle = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return { box, left, top: middle - height / 2, right, bottom: middle + height / 2 };
}

export function heightOf({ top, bottom }: Placed): number {
  return bottom - top;
}

export function widthOf({ left, right }: Placed): number {
  return right - left;
}

export function middleOf({ top, bottom }: Placed): number {
  return (top + bottom) / 2;
}

/** From the leftmost to the rightmost edge; empty lists span nothing. */
export function spanOf(items: readonly Placed[]): Span {
  return {
    from: Math.min(...items.map((item) => item.left)),
    to: Math.max(...items.map((item) => item.right)),
  };
}

export function lengthOf({ from, to }: Span): number {
  return Math.max(0, to - from);
}

/** The vertical strips at least `least` wide without any item, between the outermost ones. */
export function gapsIn(items: readonly Placed[], least: number): Span[] {
  const free: Span[] = [];
  let right = Number.POSITIVE_INFINITY;
  for (const item of items.toSorted((a, b) => a.left - b.left)) {
    if (item.left - right >= least) free.push({ from: right, to: item.left });
    right = right === Number.POSITIVE_INFINITY ? item.right : Math.max(right, item.right);
  }
  return free;
}

/** Free space between two rows; negative where they overlap. */
export function gapAbove(above: Row, below: Row): number {
  const bottom = Math.max(...above.map((item) => item.bottom));
  return Math.min(...below.map((item) => item.top)) - bottom;
}

/** Groups with free space of at least `least` across all of them between each two, from the top. */
export function splitBands(items: readonly Placed[], least: number): Placed[][] {
  const bands: Placed[][] = [];
  let bottom = Number.POSITIVE_INFINITY;
  for (const item of items.toSorted((a, b) => a.top - b.top)) {
    const last = bands.at(-1);
    if (!last || item.top - bottom >= least) {
      bands.push([item]);
      bottom = item.bottom;
    } else {
      last.push(item);
      bottom = Math.max(bottom, item.bottom);
    }
  }
  return bands;
}

/** Zero of an empty list. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
