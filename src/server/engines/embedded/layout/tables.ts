/** Rows whose pieces stand below each other in columns: a table. */
import { type Placed, type Row, type Span, gapAbove, gapsIn, heightOf, median } from "./placed.ts";

/** A table's row: the pieces of each column, some columns empty. */
export type TableRow = Placed[][];

export interface FoundTable {
  rows: TableRow[];
  /** So many of the given rows belong to it. */
  length: number;
}

/** Columns are at least so many line heights apart. */
const GUTTER = 0.5;
/** Rows with more than one piece that a table needs, and their share of all its rows. */
const LEAST_ROWS = 3;
const LEAST_SHARE = 0.6;
/** A row may close so many of the gutters, but not more. */
const KEPT_GUTTERS = 0.6;
/** Rows farther apart than so many line heights are not of one table. */
const WIDEST_GAP = 2.5;
/** A row without its first cell, closer than this, goes on with the row above it. */
const WRAPPED_GAP = 0.35;

/** The table that begins with the first of the rows, if one does. */
export function findTable(rows: readonly Row[], lineHeight: number): FoundTable | undefined {
  const [first] = rows;
  if (!first || first.length < 2) return undefined;
  const least = lineHeight * GUTTER;
  let gutters = gapsIn(first, least);
  let length = 1;
  while (length < rows.length && gutters.length > 0) {
    const [above, row] = [rows[length - 1] ?? [], rows[length] ?? []];
    if (gapAbove(above, row) > lineHeight * WIDEST_GAP) break;
    const now = gapsIn(rows.slice(0, length + 1).flat(), least);
    if (now.length < Math.max(1, gutters.length * KEPT_GUTTERS)) break;
    gutters = now;
    length++;
  }
  while (length > 0 && (rows[length - 1] ?? []).length < 2) length--;
  const run = rows.slice(0, length);
  const full = run.filter((row) => row.length > 1).length;
  if (full < LEAST_ROWS || full < run.length * LEAST_SHARE) return undefined;
  const columns = gapsIn(run.flat(), least);
  return columns.length === 0 ? undefined : { rows: toTableRows(run, columns), length };
}

function toTableRows(rows: readonly Row[], gutters: readonly Span[]): TableRow[] {
  const table: TableRow[] = [];
  let above: Row | undefined;
  for (const row of rows) {
    const cells = splitCells(row, gutters);
    const last = table.at(-1);
    const isClose = above && gapAbove(above, row) < median(row.map(heightOf)) * WRAPPED_GAP;
    const goesOn = table.length > 1 && isClose === true && cells[0]?.length === 0;
    if (last && goesOn) cells.forEach((cell, column) => last[column]?.push(...cell));
    else table.push(cells);
    above = row;
  }
  return table;
}

function splitCells(row: Row, gutters: readonly Span[]): TableRow {
  const cells: TableRow = [[], ...gutters.map((): Placed[] => [])];
  for (const item of row) {
    const middle = (item.left + item.right) / 2;
    cells[gutters.filter((gutter) => gutter.from < middle).length]?.push(item);
  }
  return cells;
}
