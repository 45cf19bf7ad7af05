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
  widthOf,
} from "./placed.ts";

export interface FoundTable {
  /** A list looks like a table, but is text. */
  kind: "table" | "list";
  rows: TableRow[];
  /** So many of the given rows belong to it. */
  length: number;
}

/** Columns are at least so many line heights apart. */
const GUTTER = 0.22;
/** In many rows together they may be as near as this. */
const NARROWEST = 0.12;
/** The narrower a gutter is, the more rows must show it: line heights times rows. */
const EVIDENCE = 1.2;
/** Rows with more than one piece that a table needs, and their share of all its rows. */
const LEAST_ROWS = 3;
const LEAST_SHARE = 0.5;
const SURE_ROWS = 5;
const SURE_GUTTER = 1.2;
/** The share is less where there are more than two columns. */
const LEAST_SHARE_OF_MANY = 0.22;
/** Of its rows with several pieces, so many may run across a gutter. */
const CROSSING_SHARE = 0.2;
/**
 * Along a rule, a box may reach over its print by so many heights: a row that runs across with such
 * an edge alone counts for less than one.
 */
const OVERHANG = 0.55;
const EDGE_WEIGHT = 2;
const CORE_WEIGHT = 3;
/** A row may close so many of the gutters, but not more. */
const KEPT_GUTTERS = 0.6;
/** But none that so large a share of so many rows shows. */
const MANY_ROWS = 6;
const SHOWN_SHARE = 0.5;
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
    const now = openGutters([...several, row], lineHeight * NARROWEST);
    if (now.length < Math.max(1, Math.floor(most * KEPT_GUTTERS))) break;
    if (closesGutter(several, gutters, now, least)) break;
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

/** Whether a gutter is lost that most of many rows have shown. */
function closesGutter(
  rows: readonly Row[],
  before: readonly Span[],
  now: readonly Span[],
  least: number,
): boolean {
  if (rows.length < MANY_ROWS) return false;
  const meets = (a: Span, b: Span): boolean => a.from < b.to && b.from < a.to;
  const lost = before.filter((gap) => !now.some((other) => meets(gap, other)));
  return lost.some((gap) => {
    const shown = rows.filter((row) => gapsIn(row, least).some((other) => meets(gap, other)));
    return shown.length >= rows.length * SHOWN_SHARE;
  });
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
  const most = Math.floor(rows.length * CROSSING_SHARE) * (EDGE_WEIGHT + CORE_WEIGHT);
  const edges = rows
    .flatMap((row) => [...edgesOf(row, 0, EDGE_WEIGHT), ...edgesOf(row, OVERHANG, CORE_WEIGHT)])
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

/** Where the stretches that a row takes begin and end, its boxes less `over` of their height. */
function edgesOf(row: Row, over: number, weight: number): { at: number; step: number }[] {
  const inner = row.map((item) => {
    const less = Math.min(heightOf(item) * over, widthOf(item) / 3);
    return { ...item, left: item.left + less, right: item.right - less };
  });
  const { from, to } = spanOf(inner);
  const gaps = gapsIn(inner, 0);
  const starts = [from, ...gaps.map((gap) => gap.to)].map((at) => ({ at, step: weight }));
  const ends = [...gaps.map((gap) => gap.from), to].map((at) => ({ at, step: -weight }));
  return [...starts, ...ends];
}
