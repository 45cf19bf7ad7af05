/** Cuts lines in two that the detection drew across the gutter between two columns of text. */
import { between } from "../geometry.ts";
import { type Placed, type Span, gapsIn, heightOf, middleOf, widthOf } from "./placed.ts";

/** Columns on both sides are so many line heights wide, */
const COLUMN_WIDTH = 7;
/** the gutter at least so many, and at most: nobody takes more for a space. */
const LEAST_GUTTER = 0.25;
const WIDEST_GUTTER = 1.5;
/** Lines within so many line heights above and below tell where the gutter is. */
const NEIGHBORHOOD = 5;
/** So many of them, and twice as many as run across, fill the column beside it, give or take. */
const WITNESSES = 3;
const SAME_EDGE = 0.6;
/** A line as high as so many of its neighbours is a heading, which may well run across. */
const HIGHEST = 1.4;

/** @returns the items, with two in the place of each that was cut. */
export function cutBridges(items: readonly Placed[], lineHeight: number): Placed[] {
  return items.flatMap((item) => {
    const isLong = widthOf(item) >= lineHeight * COLUMN_WIDTH * 2;
    if (!isLong || heightOf(item) > lineHeight * HIGHEST) return [item];
    const gutter = gutterUnder(item, items, lineHeight);
    return gutter ? cut(item, gutter) : [item];
  });
}

function gutterUnder(item: Placed, items: readonly Placed[], lineHeight: number): Span | undefined {
  const around = items.filter(
    (other) => Math.abs(middleOf(other) - middleOf(item)) < lineHeight * NEIGHBORHOOD,
  );
  const isAlike = (other: Placed): boolean =>
    widthOf(other) > widthOf(item) * 0.8 && heightOf(other) <= lineHeight * HIGHEST;
  const bridges = around.filter((other) => isAlike(other));
  const others = around.filter((other) => !isAlike(other));
  const isNear = (a: number, b: number): boolean => Math.abs(a - b) < lineHeight * SAME_EDGE;
  return gapsIn(others, lineHeight * LEAST_GUTTER).find((gap) => {
    if (gap.to - gap.from > lineHeight * WIDEST_GUTTER) return false;
    if (gap.from - item.left < lineHeight * COLUMN_WIDTH) return false;
    if (item.right - gap.to < lineHeight * COLUMN_WIDTH) return false;
    // Whole lines of either column.
    const least = Math.max(WITNESSES, bridges.length * 2);
    const left = others.filter(
      (other) => isNear(other.right, gap.from) && isNear(other.left, item.left),
    );
    const right = others.filter(
      (other) => isNear(other.left, gap.to) && isNear(other.right, item.right),
    );
    return left.length + right.length >= least && [left, right].every((side) => side.length > 0);
  });
}

function cut(item: Placed, gutter: Span): Placed[] {
  const { box, left, right } = item;
  const along = (x: number): number => ((x - left) / (right - left) - 0.5) * box.width;
  return [
    { ...item, box: between(box, -box.width / 2, along(gutter.from)), right: gutter.from },
    { ...item, box: between(box, along(gutter.to), box.width / 2), left: gutter.to },
  ];
}
