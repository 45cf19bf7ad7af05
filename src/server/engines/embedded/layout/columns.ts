/** Where one gutter divides the page into two columns of text. */
import {
  type Placed,
  type Row,
  type Span,
  gapsIn,
  heightOf,
  median,
  spanOf,
  splitRows,
  widthOf,
} from "./placed.ts";

/** A gutter is at least so many line heights wide, between boxes that reach over their print. */
const GUTTER = 0.35;
/** Narrower boxes (in line heights) are crumbs, which close no gutter. */
const CRUMB_WIDTH = 1.3;
/** A text column has at least so many rows, of so many line heights in the median. */
const COLUMN_ROWS = 3;
const COLUMN_WIDTH = 6;
/** A column is filled where so many of its rows take so much of its width. */
const FULL_SHARE = 0.4;
const FULL_WIDTH = 0.85;
/** Rows are aligned where so many of them stand on the same line, give or take so many heights. */
const ALIGNED_SHARE = 0.7;
const SAME_LINE = 0.25;

export interface Columns {
  sides: [Placed[], Placed[]];
  /** So many bands belong to them. */
  bands: number;
}

/** The longest run of bands from the first on that one gutter divides into two text columns. */
export function findColumns(
  bands: readonly (readonly Placed[])[],
  lineHeight: number,
): Columns | undefined {
  const least = lineHeight * GUTTER;
  let gutters = gutterCandidates(bands[0] ?? [], least);
  let found: Columns | undefined;
  for (let count = 1; count <= bands.length && gutters.length > 0; count++) {
    const run = bands.slice(0, count).flat();
    if (count > 1) gutters = stillFree(gutters, gutterCandidates(run, least));
    for (const gutter of gutters) {
      const middle = (gutter.from + gutter.to) / 2;
      const left = run.filter((item) => item.left + item.right <= 2 * middle);
      const right = run.filter((item) => item.left + item.right > 2 * middle);
      if (!areTextColumns(left, right, lineHeight)) continue;
      found = { sides: [left, right], bands: count };
      break;
    }
  }
  return found;
}

function gutterCandidates(items: readonly Placed[], least: number): Span[] {
  return gapsIn(
    items.filter((item) => widthOf(item) > heightOf(item) * CRUMB_WIDTH),
    least,
  );
}

function stillFree(before: readonly Span[], now: readonly Span[]): Span[] {
  return now.filter((span) => before.some((one) => one.from < span.to && span.from < one.to));
}

/**
 * Text columns are filled from edge to edge, or their rows do not stand on the same lines. What is
 * neither are the columns of a table, which are read across.
 */
function areTextColumns(
  left: readonly Placed[],
  right: readonly Placed[],
  lineHeight: number,
): boolean {
  const sides = [splitRows(left), splitRows(right)];
  const isBig = (rows: Row[]): boolean =>
    rows.length >= COLUMN_ROWS &&
    median(rows.map((row) => lengthOf(spanOf(row)))) >= lineHeight * COLUMN_WIDTH;
  if (!sides.every((rows) => isBig(rows))) return false;
  return sides.every((rows) => isFilled(rows)) || !areAligned(sides[0] ?? [], sides[1] ?? []);
}

function isFilled(rows: readonly Row[]): boolean {
  const width = lengthOf(spanOf(rows.flat()));
  const full = rows.filter((row) => lengthOf(spanOf(row)) > width * FULL_WIDTH);
  return full.length >= rows.length * FULL_SHARE;
}

/** Whether most rows of the shorter side have a partner at the same height on the other one. */
function areAligned(a: readonly Row[], b: readonly Row[]): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const partners = short.filter((row) =>
    long.some((other) => Math.abs(middleOf(other) - middleOf(row)) < rowHeight(row) * SAME_LINE),
  );
  return partners.length >= short.length * ALIGNED_SHARE;
}

function middleOf(row: Row): number {
  return median(row.map((item) => (item.top + item.bottom) / 2));
}

function rowHeight(row: Row): number {
  return median(row.map(heightOf));
}

function lengthOf({ from, to }: Span): number {
  return to - from;
}
