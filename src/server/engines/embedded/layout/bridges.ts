/** Cuts lines in two that the detection drew across the gutter between two columns of text. */
import { between } from "../geometry.ts";
import { type Placed, type Span, gapsIn, heightOf, middleOf, spanOf, widthOf } from "./placed.ts";

/** Columns on both sides are so many line heights wide, */
const COLUMN_WIDTH = 7;
/** the gutter at least so many, and at most: nobody takes more for a space. */
const LEAST_GUTTER = 0.2;
const WIDEST_GUTTER = 1.5;
/** Lines within so many line heights above and below tell where the gutter is. */
const NEIGHBORHOOD = 5;
/** So many of them, and twice as many as run across, fill the column beside it, give or take. */
const WITNESSES = 3;
const SAME_EDGE = 0.6;
/** A line as high as so many of its neighbours is a heading, which may well run across. */
const HIGHEST = 1.4;
/** What runs across takes more of both columns' width than this; what does not, takes less. */
const ACROSS = 0.55;
/** Boxes whose middles differ by less than so many line heights are of one line. */
const SAME_LINE = 0.3;

/** @returns the items, with two in the place of each that was cut. */
export function cutBridges(items: readonly Placed[], lineHeight: number): Placed[] {
  return items.flatMap((item) => {
    const isLong = widthOf(item) >= lineHeight * COLUMN_WIDTH;
    if (!isLong || heightOf(item) > lineHeight * HIGHEST) return [item];
    const gutter = gutterUnder(item, items, lineHeight);
    return gutter ? cut(item, gutter) : [item];
  });
}

function gutterUnder(item: Placed, items: readonly Placed[], lineHeight: number): Span | undefined {
  const near = (reach: number): Placed[] =>
    items.filter((other) => Math.abs(middleOf(other) - middleOf(item)) < lineHeight * reach);
  const around = near(NEIGHBORHOOD);
  const { from, to } = spanOf(near(SAME_LINE));
  const isAcross = (other: Placed): boolean =>
    widthOf(other) > (to - from) * ACROSS && heightOf(other) <= lineHeight * HIGHEST;
  if (!isAcross(item)) return undefined;
  const bridges = around.filter((other) => isAcross(other));
  const others = around.filter((other) => !isAcross(other));
  const isAt = (a: number, b: number): boolean => Math.abs(a - b) < lineHeight * SAME_EDGE;
  return gapsIn(others, lineHeight * LEAST_GUTTER).find((gap) => {
    if (gap.to - gap.from > lineHeight * WIDEST_GUTTER) return false;
    if (item.left >= gap.from || item.right <= gap.to) return false;
    if (Math.min(gap.from - from, to - gap.to) < lineHeight * COLUMN_WIDTH) return false;
    // Whole lines of either column.
    const least = Math.max(WITNESSES, bridges.length * 2);
    const left = others.filter((other) => isAt(other.right, gap.from) && isAt(other.left, from));
    const right = others.filter((other) => isAt(other.left, gap.to) && isAt(other.right, to));
    return left.length + right.length >= least && left.length > 0 && right.length > 0;
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
