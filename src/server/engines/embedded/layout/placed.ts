/** Boxes as they stand on the page turned upright, and what can be said of several. */
import type { Box } from "../../../../shared/ocr-events.ts";
import { type RotatedBox, bounds, turnedBack } from "../geometry.ts";

export interface Placed {
  /** In the picture. */
  box: RotatedBox;
  /** Its bounds on the page turned upright, in pixels. */
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

/** @param direction in which the lines run. */
export function place(box: RotatedBox, direction: number): Placed {
  const [left, top, right, bottom]: Box = bounds(turnedBack(box, direction));
  return { box, left, top, right, bottom };
}

export function heightOf({ top, bottom }: Placed): number {
  return bottom - top;
}

export function widthOf({ left, right }: Placed): number {
  return right - left;
}

/** From the leftmost to the rightmost edge; empty lists span nothing. */
export function spanOf(items: readonly Placed[]): Span {
  return {
    from: Math.min(...items.map((item) => item.left)),
    to: Math.max(...items.map((item) => item.right)),
  };
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

/** Items side by side, each row from left to right, the rows from the top. */
export function splitRows(items: readonly Placed[]): Row[] {
  const rows: Row[] = [];
  for (const item of items.toSorted((a, b) => a.top + a.bottom - b.top - b.bottom)) {
    const row = rows.at(-1);
    if (row?.some((other) => overlapsVertically(other, item)) === true) row.push(item);
    else rows.push([item]);
  }
  return rows.map((row) => row.toSorted((a, b) => a.left - b.left));
}

function overlapsVertically(a: Placed, b: Placed): boolean {
  const overlap = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return overlap > Math.min(heightOf(a), heightOf(b)) * 0.5;
}

/** Free space between two rows; negative where they overlap. */
export function gapAbove(above: Row, below: Row): number {
  const bottom = Math.max(...above.map((item) => item.bottom));
  return Math.min(...below.map((item) => item.top)) - bottom;
}

/** Zero of an empty list. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
