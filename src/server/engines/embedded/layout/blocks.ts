/** Which rows belong together: paragraphs, headings, numbered lines, tables. */
import type { TableRow } from "./cells.ts";
import { findNumbered } from "./numbered.ts";
import { type Row, heightOf, median, middleOf, spanOf, widthOf } from "./placed.ts";
import { type FoundTable, findTable } from "./tables.ts";

/** Rows that follow each other without a gap: a paragraph, a heading, an address. */
export interface TextBlock {
  kind: "text";
  rows: Row[];
  /** Each row is a line of its own, as where they are numbered. */
  keepsBreaks: boolean;
  /** Where the column ends that it stands in: lines that reach it were broken to fit. */
  columnRight: number;
  /** How many times as high as the body text it is, where it may be a heading; else zero. */
  headingRatio: number;
}

export interface TableBlock {
  kind: "table";
  rows: TableRow[];
}

export type Block = TextBlock | TableBlock;

/** Rows farther apart than so many times the usual step around them begin a new block. */
const USUAL_STEPS = 1.25;
/** So many steps before and after say what is usual; with fewer than so many, nothing is. */
const AROUND = 4;
const LEAST_STEPS = 4;
/** Then rows may be so many heights apart from middle to middle; and never more than so many. */
const STEP = 2;
const WIDEST_STEP = 2.4;
/** Rows whose heights differ by more than this ratio are of different blocks. */
const HEIGHT_RATIO = 1.35;
/** Share of the rows that end before the column does. */
const COLUMN_END = 0.85;
/** A heading has few rows, all so many times as high as the body text, */
const HEADING_ROWS = 3;
const HEADING_RATIO = 1.35;
/** and is rare on a page of so many rows: on receipts and tickets print of all sizes mixes. */
const HEADING_SHARE = 0.2;
const LEAST_ROWS = 6;

interface FoundLines {
  kind: "lines";
  length: number;
}

/** Blocks from rows that are read from the top. */
export function groupRows(rows: readonly Row[], lineHeight: number): Block[] {
  const blocks: Block[] = [];
  const steps = rows.slice(1).map((row, index) => levelOf(row) - levelOf(rows[index] ?? row));
  const columnRight = columnEnd(rows);
  const toText = (lines: Row[], keepsBreaks: boolean): TextBlock => {
    return { kind: "text", rows: lines, keepsBreaks, columnRight, headingRatio: 0 };
  };
  let text: TextBlock | undefined;
  let listEnd = 0;
  for (let first = 0; first < rows.length;) {
    const row = rows[first] ?? [];
    const special = first < listEnd ? undefined : findSpecial(rows.slice(first), lineHeight);
    if (special?.kind === "lines" || special?.kind === "table") {
      if (special.kind === "table") blocks.push({ kind: "table", rows: special.rows });
      else blocks.push(toText(rows.slice(first, first + special.length), true));
      text = undefined;
      first += special.length;
      continue;
    }
    if (special) listEnd = first + special.length;
    const previous = text?.rows.at(-1);
    if (text && previous && belongsTogether(previous, row, usualStep(steps, first - 1))) {
      text.rows.push(row);
    } else blocks.push((text = toText([row], false)));
    first++;
  }
  return blocks;
}

/** What begins with the first of the rows, if it is not plain text. */
function findSpecial(
  rows: readonly Row[],
  lineHeight: number,
): FoundTable | FoundLines | undefined {
  const length = findNumbered(rows, lineHeight);
  return length > 0 ? { kind: "lines", length } : findTable(rows, lineHeight);
}

/** Most rows end before it, or at it. */
function columnEnd(rows: readonly Row[]): number {
  const ends = rows.map((row) => spanOf(row).to).toSorted((a, b) => a - b);
  return ends[Math.floor(ends.length * COLUMN_END)] ?? 0;
}

/** Where a row stands: its widest box says it, for marks stand higher or lower. */
function levelOf(row: Row): number {
  const [widest] = row.toSorted((a, b) => widthOf(b) - widthOf(a));
  return widest ? middleOf(widest) : 0;
}

/** The highest word says how high a row is: many have no long letters, and so low boxes. */
function rowHeight(row: Row): number {
  const words = row.filter((item) => widthOf(item) > heightOf(item));
  return Math.max(...(words.length > 0 ? words : row).map(heightOf));
}

/** The median step between rows around the one at `index`; undefined where there are too few. */
function usualStep(steps: readonly number[], index: number): number | undefined {
  const around = steps.slice(Math.max(0, index - AROUND), index + AROUND + 1);
  return around.length < LEAST_STEPS ? undefined : median(around);
}

function belongsTogether(above: Row, below: Row, usual: number | undefined): boolean {
  const [upper, lower] = [rowHeight(above), rowHeight(below)];
  const height = Math.min(upper, lower);
  if (Math.max(upper, lower) > height * HEIGHT_RATIO) return false;
  const most = usual === undefined ? height * STEP : usual * USUAL_STEPS;
  return levelOf(below) - levelOf(above) < Math.min(most, height * WIDEST_STEP);
}

/** Says of each block whether it may be a heading. */
export function markHeadings(blocks: readonly Block[], lineHeight: number): void {
  const all = blocks.reduce((sum, { rows }) => sum + rows.length, 0);
  const headings: TextBlock[] = [];
  for (const block of blocks) {
    if (block.kind === "table" || block.rows.length > HEADING_ROWS || block.keepsBreaks) continue;
    // Crumbs are lower than the letters beside them.
    const items = block.rows.flat().filter((item) => widthOf(item) > heightOf(item));
    const lowest = Math.min(...items.map(heightOf));
    if (items.length === 0 || lowest < lineHeight * HEADING_RATIO) continue;
    block.headingRatio = lowest / lineHeight;
    headings.push(block);
  }
  const count = headings.reduce((sum, { rows }) => sum + rows.length, 0);
  if (all >= LEAST_ROWS && count <= all * HEADING_SHARE) return;
  for (const heading of headings) heading.headingRatio = 0;
}
