/** Where lines were broken because the paper ended, and where the writer broke them. */
import { type Placed, type Row, type Span, heightOf, median, spanOf, widthOf } from "./placed.ts";

export interface Shape {
  left: number;
  right: number;
  /** Whether the lines fill a column, so that line breaks mean nothing. */
  isParagraph: boolean;
}

/** Share of a paragraph's rows that reach its edges, within so much of its width. */
const FULL_ROWS = 0.5;
const EDGE = 0.12;
/** So many rows are a long paragraph. */
const LONG = 4;
/** They begin at its left edge, within so many heights. */
const FLUSH = 0.8;
/** Columns narrower than so many heights hold names, addresses, amounts. */
const LEAST_WIDTH = 10;
/** A new paragraph's first line stands in by so many heights. */
const INDENT = { least: 0.6, most: 5 };

/** @param columnRight where the column ends; long paragraphs show it themselves. */
export function shapeOf(rows: readonly Row[], columnRight: number): Shape {
  const spans = rows.map(spanOf);
  const lefts = spans.map(({ from }) => from);
  const left = median(lefts);
  const ownRight = Math.max(...spans.map(({ to }) => to));
  const right = rows.length >= LONG ? ownRight : Math.max(ownRight, columnRight);
  const width = right - Math.min(...lefts);
  const step = median(rows.flat().map(heightOf)) * FLUSH;
  const inner = spans.slice(0, -1);
  const full = inner.filter(({ to }) => right - to < width * EDGE);
  const flush = lefts.filter((from) => Math.abs(from - left) < step);
  const isParagraph =
    width >= (step / FLUSH) * LEAST_WIDTH &&
    inner.length > 0 &&
    full.length >= inner.length * FULL_ROWS &&
    // Lines set to the right or to the middle begin anywhere.
    flush.length >= rows.length * FULL_ROWS &&
    !isCentered(spans, step);
  return { left, right, isParagraph };
}

/** Whether lines of different lengths have one middle, within a quarter of a `step`. */
function isCentered(spans: readonly Span[], step: number): boolean {
  const middles = spans.map(({ from, to }) => (from + to) / 2);
  const lefts = spans.map(({ from }) => from);
  const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  return spread(middles) < step / 4 && spread(lefts) > step;
}

/** @param next the width of the next row's first word, which had no room behind the last box. */
export function isRowFull(last: Placed, { right }: Shape, next = widthOf(last)): boolean {
  return right - last.right < next + heightOf(last) * 0.2;
}

export function isIndented(first: Placed, { left }: Shape): boolean {
  const indent = (first.left - left) / heightOf(first);
  return indent > INDENT.least && indent < INDENT.most;
}
