/**
 * Whether two sides of a gutter are columns of text, read one after the other, or of a table, read
 * across.
 */
import {
  type Placed,
  type Row,
  gapsIn,
  heightOf,
  lengthOf,
  median,
  middleOf,
  spanOf,
} from "./placed.ts";
import { splitRows } from "./rows.ts";

export type Kind = "prose" | "columns" | "table" | "open";

/** A column is so many line heights wide, */
const COLUMN_WIDTH = 6;
/** and has so many rows; the narrower the gutter, the more rows must show it. */
export const COLUMN_ROWS = 3;
const EVIDENCE = 3.2;
/** A column is filled where so many of its rows take so much of its width. */
const FULL_SHARE = 0.4;
const FULL_WIDTH = 0.85;
/** Gaps of more than so many line heights are no spaces, not even in a justified line, */
const WIDEST_SPACE = 1.6;
/** which cells of a table do not have. */
const USUAL_SPACE = 0.8;
/** Lines with text of so many line heights at a stretch are prose, longer than what cells hold. */
const PROSE_WIDTH = 6;
const LONG_PROSE_WIDTH = 11;
/** Rows are aligned where so many of them stand on the same line, give or take so many heights. */
const ALIGNED_SHARE = 0.7;
const SAME_LINE = 0.25;
/** Fewer do where a side holds no text of so many line heights: numbers stand in tables. */
const ALIGNED_SHARE_OF_CELLS = 0.5;
const CELL_WIDTH = 5;

/**
 * What stands on the two sides of a gutter `width` pixels wide; "prose" where text fills
 * columns, "open" where too little stands there to tell.
 */
export function judge(
  left: readonly Placed[],
  right: readonly Placed[],
  width: number,
  lineHeight: number,
): Kind {
  const sides = [splitRows(left), splitRows(right)] as const;
  const rows = Math.min(sides[0].length, sides[1].length);
  if (rows === 0) return "open";
  const [prose = 0, cell = 0] = [WIDEST_SPACE, USUAL_SPACE].map((space) =>
    Math.min(...sides.map((side) => stretchOf(side, lineHeight * space) / lineHeight)),
  );
  const share = alignedShare(...sides);
  const isAligned = share >= (cell < CELL_WIDTH ? ALIGNED_SHARE_OF_CELLS : ALIGNED_SHARE);
  const isEvident = rows >= COLUMN_ROWS && (rows * width) / lineHeight >= EVIDENCE;
  const isWide = [left, right].every((side) => lengthOf(spanOf(side)) >= lineHeight * COLUMN_WIDTH);
  if (!isEvident || !isWide) return isAligned ? "table" : "open";
  const isFull =
    prose >= PROSE_WIDTH && sides.every((side) => isFilled(side, lineHeight * WIDEST_SPACE));
  if (isFull) return "prose";
  return prose >= LONG_PROSE_WIDTH || !isAligned ? "columns" : "table";
}

/** How long a side's text goes on without a gap wider than `space`: the median of its rows. */
function stretchOf(rows: readonly Row[], space: number): number {
  return median(rows.map((row) => longestStretch(row, space)));
}

function longestStretch(row: Row, space: number): number {
  const { from, to } = spanOf(row);
  const gaps = gapsIn(row, space);
  const ends = [...gaps.map((gap) => gap.from), to];
  return Math.max(...ends.map((end, index) => end - (gaps[index - 1]?.to ?? from)));
}

function isFilled(rows: readonly Row[], space: number): boolean {
  const width = lengthOf(spanOf(rows.flat()));
  const full = rows.filter((row) => longestStretch(row, space) > width * FULL_WIDTH);
  return full.length >= rows.length * FULL_SHARE;
}

/** Share of the shorter side's rows with a partner at the same height on the other one. */
function alignedShare(a: readonly Row[], b: readonly Row[]): number {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const levels = long.map(levelOf);
  const partners = short.filter((row) => {
    const step = median(row.map(heightOf)) * SAME_LINE;
    return levels.some((level) => Math.abs(level - levelOf(row)) < step);
  });
  return partners.length / short.length;
}

function levelOf(row: Row): number {
  return median(row.map(middleOf));
}
