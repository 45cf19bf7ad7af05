/** Where lines were broken because the paper ended, and where the writer broke them. */
import { type Placed, type Row, heightOf, lengthOf, median, spanOf, widthOf } from "./placed.ts";

export interface Shape {
  left: number;
  right: number;
  /** Whether the lines fill a column, so that line breaks mean nothing. */
  isParagraph: boolean;
}

/** Share of a paragraph's rows that reach its edges, within so much of its width. */
const FULL_ROWS = 0.5;
const EDGE = 0.12;
/** Columns narrower than so many heights hold names, addresses, amounts. */
const LEAST_WIDTH = 10;
/** A new paragraph's first line stands in by so many heights. */
const INDENT = { least: 0.6, most: 5 };

export function shapeOf(rows: readonly Row[]): Shape {
  const spans = rows.map(spanOf);
  const left = median(spans.map(({ from }) => from));
  const right = Math.max(...spans.map(({ to }) => to));
  const width = lengthOf({ from: Math.min(...spans.map(({ from }) => from)), to: right });
  const inner = spans.slice(0, -1);
  const full = inner.filter(({ to }) => right - to < width * EDGE);
  // Lines set to the middle or to the right begin anywhere.
  const flush = spans.filter(({ from }) => Math.abs(from - left) < width * EDGE);
  const isWide = width >= median(rows.flat().map(heightOf)) * LEAST_WIDTH;
  const isFilled = inner.length > 0 && full.length >= inner.length * FULL_ROWS;
  return {
    left,
    right,
    isParagraph: isWide && isFilled && flush.length >= rows.length * FULL_ROWS,
  };
}

/** @param next the width of the next row's first word, which had no room behind the last box. */
export function isRowFull(last: Placed, { right }: Shape, next = widthOf(last)): boolean {
  return right - last.right < next + heightOf(last) * 0.2;
}

export function isIndented(first: Placed, { left }: Shape): boolean {
  const indent = (first.left - left) / heightOf(first);
  return indent > INDENT.least && indent < INDENT.most;
}
