/** The cells of a table whose gutters are known. */
import {
  type Placed,
  type Row,
  type Span,
  gapAbove,
  heightOf,
  lengthOf,
  median,
  spanOf,
  widthOf,
} from "./placed.ts";

/** A table's row: the pieces of each column, some columns empty. */
export type TableRow = Placed[][];

/** A row without its first cell, closer than this to the row above it, may go on with that one. */
const WRAPPED_GAP = 0.5;
/** With several cells it must be so many line heights closer than rows usually are. */
const CLOSER = 0.25;
/** Narrower columns (in line heights) that are mostly empty belong to the next one: a `$`. */
const NARROW = 1.4;
const SPARSE_SHARE = 0.5;

/** Takes the gutters away behind columns of a few crumbs, which belong to the cells after them. */
export function withoutSparse(
  rows: readonly Row[],
  gutters: readonly Span[],
  lineHeight: number,
): Span[] {
  const cells = rows.map((row) => splitCells(row, gutters));
  return gutters.filter((_, column) => {
    const filled = cells.filter((row) => (row[column]?.length ?? 0) > 0);
    const followed = cells.filter((row) => (row[column + 1]?.length ?? 0) > 0);
    const widest = Math.max(...filled.map((row) => lengthOf(spanOf(row[column] ?? []))));
    return widest >= lineHeight * NARROW || filled.length > followed.length * SPARSE_SHARE;
  });
}

export function toTableRows(rows: readonly Row[], gutters: readonly Span[]): TableRow[] {
  const table: TableRow[] = [];
  const usual = median(rows.slice(1).map((row, index) => gapAbove(rows[index] ?? [], row)));
  let above: Row | undefined;
  for (const row of rows) {
    const cells = splitCells(row, gutters);
    const last = table.at(-1);
    // The second row may lack its first cell as well: the head often does.
    if (last && above && table.length > 1 && goesOn(last, cells)) {
      const several = cells.filter((cell) => cell.length > 0).length > 1;
      const height = median(row.map(heightOf));
      const widest = Math.min(height * WRAPPED_GAP, usual - (several ? height * CLOSER : 0));
      if (gapAbove(above, row) <= widest) {
        for (const [column, cell] of cells.entries()) last[column]?.push(...cell);
        above = row;
        continue;
      }
    }
    table.push(cells);
    above = row;
  }
  return table;
}

/** Whether a row without its first cell has text only where the row above has some, and less. */
function goesOn(above: TableRow, cells: TableRow): boolean {
  if (cells[0]?.length !== 0) return false;
  const filled = cells.flatMap((cell, column) => (cell.length > 0 ? [column] : []));
  const before = above.filter((cell) => cell.length > 0).length;
  return filled.length < before && filled.every((column) => (above[column]?.length ?? 0) > 0);
}

export function splitCells(row: Row, gutters: readonly Span[]): TableRow {
  const cells: TableRow = [[], ...gutters.map((): Placed[] => [])];
  for (const item of row) {
    // What runs across a gutter belongs to the column where it begins.
    const start = item.left + Math.min(widthOf(item), heightOf(item)) / 2;
    cells[gutters.filter((gutter) => (gutter.from + gutter.to) / 2 < start).length]?.push(item);
  }
  return cells;
}
