/** Which boxes stand on one line. */
import { type Placed, type Row, heightOf, median, middleOf, widthOf } from "./placed.ts";

/** Boxes of one row do not differ more in height; what does is an initial, or a mark. */
const LIKE_HEIGHTS = 1.7;
/** How far the middles of two boxes of one row may lie apart, in heights of the lower one. */
const LARGEST_STEP = 0.48;
/** The taller of two unlike boxes belongs to the row at its top: there an initial begins. */
const TOP_SHARE = 0.45;
/** Share of the narrower of two boxes that may lie above or below the other one in a row. */
const LARGEST_OVERLAP = 0.4;
/** Only the last so many rows can go on: what comes is sorted from the top. */
const OPEN_ROWS = 6;

/** Items side by side, each row from left to right, the rows from the top. */
export function splitRows(items: readonly Placed[]): Row[] {
  const typical = median(items.map(heightOf));
  const anchorOf = (item: Placed): number =>
    isTall(item, typical) ? Math.min(middleOf(item), item.top + typical * 0.6) : middleOf(item);
  const sorted = items
    .map((item) => ({ item, anchor: anchorOf(item) }))
    .toSorted((a, b) => a.anchor - b.anchor);
  const rows: Row[] = [];
  for (const { item } of sorted) {
    const row = bestRow(rows.slice(-OPEN_ROWS), item);
    if (row) row.push(item);
    else rows.push([item]);
  }
  return rows.map((row) => row.toSorted((a, b) => a.left - b.left));
}

function isTall(item: Placed, typical: number): boolean {
  return heightOf(item) > typical * LIKE_HEIGHTS;
}

/** The row whose nearest box stands on the item's level best, where one does well enough. */
function bestRow(rows: readonly Row[], item: Placed): Row | undefined {
  let best: Row | undefined;
  let least = LARGEST_STEP;
  for (const row of rows) {
    if (row.some((other) => areStacked(other, item))) continue;
    const step = stepBetween(nearest(row, item), item);
    if (step >= least) continue;
    best = row;
    least = step;
  }
  return best;
}

function nearest(row: Row, item: Placed): Placed {
  const distance = (other: Placed): number =>
    Math.max(other.left - item.right, item.left - other.right);
  const [first = item, ...others] = row;
  return others.reduce((best, other) => (distance(other) < distance(best) ? other : best), first);
}

/** In heights of the lower box. */
function stepBetween(a: Placed, b: Placed): number {
  const [low, tall] = heightOf(a) <= heightOf(b) ? [a, b] : [b, a];
  const height = heightOf(low);
  if (heightOf(tall) <= height * LIKE_HEIGHTS)
    return Math.abs(middleOf(low) - middleOf(tall)) / height;
  const inside = middleOf(low) - tall.top;
  // A small mark may stand high or low beside a letter, but only the first line beside an initial.
  const isMark = heightOf(tall) < height * 2.4 && widthOf(tall) > heightOf(tall) * 2;
  const end = isMark ? heightOf(tall) : Math.max(height, heightOf(tall) * TOP_SHARE);
  if (inside >= 0 && inside <= end) return LARGEST_STEP * 0.9;
  return Number.POSITIVE_INFINITY;
}

function areStacked(a: Placed, b: Placed): boolean {
  const overlap = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  return overlap > Math.min(widthOf(a), widthOf(b)) * LARGEST_OVERLAP;
}
