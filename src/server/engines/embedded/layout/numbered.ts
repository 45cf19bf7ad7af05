/** Lines with their numbers at the margin, as courts and transcripts print them. */
import { type Placed, type Row, gapsIn, lengthOf, spanOf, widthOf } from "./placed.ts";
import { openGutters } from "./tables.ts";

/** A number is so many line heights wide at most, and so far from its text at least. */
const WIDTH = 2.4;
const DISTANCE = 0.22;
/** The middles of the numbers stand below each other, within so many line heights. */
const DRIFT = 1.2;
/** So many lines have one, and so many of all lines. */
const LEAST_LINES = 6;
const LEAST_SHARE = 0.75;
/** Where columns as wide as this stand beside the numbers, the numbers are part of a table. */
const CELL_WIDTH = 3.5;

/** How many rows from the first on are numbered lines; zero where the first is none. */
export function findNumbered(rows: readonly Row[], lineHeight: number): number {
  const [first] = rows[0] ?? [];
  if (!first) return 0;
  const isMarked = (row: Row | undefined): boolean => isNumbered(row, first, lineHeight);
  let length = 0;
  let marked = 0;
  // One line in between may have lost its number.
  while (isMarked(rows[length]) || (marked > 0 && isMarked(rows[length + 1]))) {
    if (isMarked(rows[length])) marked++;
    length++;
  }
  if (marked < LEAST_LINES || marked < length * LEAST_SHARE) return 0;
  const texts = rows
    .slice(0, length)
    .map((row) => (isMarked(row) ? row.slice(1) : row))
    .filter((row) => row.length > 0);
  return isTable(texts, lineHeight) ? 0 : length;
}

function isNumbered(row: Row | undefined, like: Placed, lineHeight: number): boolean {
  const [number, text] = row ?? [];
  if (!number || widthOf(number) > lineHeight * WIDTH) return false;
  const drift = Math.abs(number.left + number.right - like.left - like.right) / 2;
  if (drift > lineHeight * DRIFT) return false;
  return !text || text.left - number.right >= lineHeight * DISTANCE;
}

function isTable(rows: readonly Row[], lineHeight: number): boolean {
  const least = lineHeight * DISTANCE;
  const several = rows.filter((row) => gapsIn(row, least).length > 0);
  if (several.length < rows.length / 2) return false;
  const { from } = spanOf(rows.flat());
  return openGutters(rows, least).some(
    (gap) => lengthOf({ from, to: gap.from }) > lineHeight * CELL_WIDTH,
  );
}
