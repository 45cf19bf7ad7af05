/** Rows whose pieces stand below each other in columns: a table. */
import { type TableRow, splitCells, toTableRows, withoutSparse } from "./cells.ts";
import {
  type Row,
  type Span,
  gapAbove,
  gapsIn,
  heightOf,
  lengthOf,
  median,
  spanOf,
} from "./placed.ts";

export interface FoundTable {
  /** A list looks like a table, but is text. */
  kind: "table" | "list";
  rows: TableRow[];
  /** So many of the given rows belong to it. */
  length: number;
}

/** Columns are at least so many line heights apart. */
const GUTTER = 0.34;
/** The narrower a gutter is, the more rows must show it: line heights times rows. */
const EVIDENCE = 1.8;
/** Rows with more than one piece that a table needs, and their share of all its rows. */
const LEAST_ROWS = 3;
const LEAST_SHARE = 0.5;
const SURE_ROWS = 5;
const SURE_GUTTER = 1.2;
/** The share is less where there are more than two columns. */
const LEAST_SHARE_OF_MANY = 0.22;
/** Of its rows with several pieces, so many may run across a gutter. */
const CROSSING_SHARE = 0.2;
/** A row may close so many of the gutters, but not more. */
const KEPT_GUTTERS = 0.6;
/** Rows farther apart than so many line heights are not of one table. */
const WIDEST_GAP = 2.5;
/** A piece that runs across gutters is a heading in the table up to so much of its width. */
const SPANNING_WIDTH = 0.6;
/** So many rows with one piece may follow each other across gutters. */
const SPANNING_ROWS = 2;
/** Where a row has so many gutters more than those above it, another table begins. */
const MORE_GUTTERS = 2;
/** The bullets and numbers of a list are not wider, in line heights. */
const MARK_WIDTH = 2.4;
/** The table that begins with the first of the rows, if one does. */
export function findTable(rows: readonly Row[], lineHeight: number): FoundTable | undefined {
  const [first] = rows;
  const least = lineHeight * GUTTER;
  if (!first || gapsIn(first, least).length === 0) return undefined;
  const growth = grow(rows, lineHeight);
  const run = rows.slice(0, growth.length);
  const full = run.filter((row) => gapsIn(row, least).length > 0).length;
  const evident = growth.gutters.filter((gap) => lengthOf(gap) * full >= lineHeight * EVIDENCE);
  const gutters = withoutSparse(run, evident, lineHeight);
  const share = gutters.length > 1 ? LEAST_SHARE_OF_MANY : LEAST_SHARE;
  if (gutters.length === 0 || full < LEAST_ROWS || full < run.length * share) return undefined;
  // Few rows with narrow gutters are words that happen to stand below each other.
  const widest = Math.max(...gutters.map(lengthOf));
  if (full < SURE_ROWS && widest < lineHeight * SURE_GUTTER) return undefined;
  if (isList(run, gutters, lineHeight)) return { kind: "list", rows: [], length: run.length };
  return { kind: "table", rows: toTableRows(run, gutters), length: run.length };
}

/** Text beside bullets and numbers is no table. */
function isList(rows: readonly Row[], gutters: readonly Span[], lineHeight: number): boolean {
  if (gutters.length > 1) return false;
  return rows.every((row) => {
    const [mark = []] = splitCells(row, gutters);
    return mark.length === 0 || lengthOf(spanOf(mark)) < lineHeight * MARK_WIDTH;
  });
}

interface Growth {
  gutters: Span[];
  length: number;
}

/** Takes row after row, as long as the gutters stay open. */
function grow(rows: readonly Row[], lineHeight: number): Growth {
  const least = lineHeight * GUTTER;
  const [first = []] = rows;
  const several = [first];
  let gutters = gapsIn(first, least);
  let most = gutters.length;
  let length = 1;
  let [spanning, single, longestSingle] = [0, 0, 0];
  let at = 1;
  for (; at < rows.length; at++) {
    const [above = [], row = []] = [rows[at - 1], rows[at]];
    if (gapAbove(above, row) > lineHeight * WIDEST_GAP) break;
    if (gapsIn(row, least).length === 0) {
      single++;
      if (!isCrossing(row, gutters)) continue;
      spanning++;
      const width = lengthOf(spanOf(several.flat()));
      if (spanning > SPANNING_ROWS || lengthOf(spanOf(row)) > width * SPANNING_WIDTH) break;
      continue;
    }
    if (isOfAnother(rows.slice(at, at + 2), gutters, least)) break;
    const now = openGutters([...several, row], least);
    if (now.length < Math.max(1, Math.floor(most * KEPT_GUTTERS))) break;
    several.push(row);
    gutters = now;
    most = Math.max(most, now.length);
    longestSingle = Math.max(longestSingle, single);
    [spanning, single, length] = [0, 0, at + 1];
  }
  return { gutters, length: length + trailing(rows.slice(length - 1, at), gutters, longestSingle) };
}

/** Whether two rows have more columns than the table so far. */
function isOfAnother(rows: readonly Row[], gutters: readonly Span[], least: number): boolean {
  const [first = 0, second = 0] = rows.map((row) => gapsIn(row, least).length);
  return first >= gutters.length + MORE_GUTTERS && second > gutters.length;
}

/** How many rows with one cell after the table's last full row go on with that one. */
function trailing(rows: readonly Row[], gutters: readonly Span[], most: number): number {
  let count = 0;
  for (; count < most; count++) {
    const [above, row] = [rows[count], rows[count + 1]];
    if (!above || !row || isCrossing(row, gutters)) break;
    if (gapAbove(above, row) > median(row.map(heightOf))) break;
  }
  return count;
}

function isCrossing(row: Row, gutters: readonly Span[]): boolean {
  const { from, to } = spanOf(row);
  return gutters.some((gutter) => from < gutter.from && gutter.to < to);
}

/** The strips between the outermost pieces that few rows, if any, run across. */
export function openGutters(rows: readonly Row[], least: number): Span[] {
  const most = Math.floor(rows.length * CROSSING_SHARE);
  const edges = rows
    .flatMap((row) => stretches(row).flatMap(({ from, to }) => [edge(from, 1), edge(to, -1)]))
    .toSorted((a, b) => a.at - b.at);
  const open: Span[] = [];
  let depth = 0;
  let from: number | undefined;
  for (const { at, step } of edges) {
    depth += step;
    if (depth > most) {
      if (from !== undefined && at - from >= least) open.push({ from, to: at });
      from = undefined;
    } else {
      from ??= at;
    }
  }
  const { from: left, to: right } = spanOf(rows.flat());
  return open.filter((gap) => gap.from > left && gap.to < right);
}

function edge(at: number, step: 1 | -1): { at: number; step: 1 | -1 } {
  return { at, step };
}

function stretches(row: Row): Span[] {
  const { from, to } = spanOf(row);
  const gaps = gapsIn(row, 0);
  const starts = [from, ...gaps.map((gap) => gap.to)];
  const ends = [...gaps.map((gap) => gap.from), to];
  return starts.map((start, index) => ({ from: start, to: ends[index] ?? start }));
}
