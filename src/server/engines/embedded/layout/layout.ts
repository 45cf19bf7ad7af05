/**
 * Which lines belong together and in what order they are read: a recursive XY-cut in which a gutter
 * counts only where text columns stand on both sides of it. What is left are tables and text.
 */
import type { RotatedBox } from "../geometry.ts";
import { findColumns } from "./columns.ts";
import {
  type Placed,
  type Row,
  gapAbove,
  heightOf,
  median,
  place,
  splitRows,
  widthOf,
} from "./placed.ts";
import { type TableRow, findTable } from "./tables.ts";

/** Rows that follow each other without a gap: a paragraph, a heading, an address. */
export interface TextBlock {
  kind: "text";
  rows: Row[];
}

export interface TableBlock {
  kind: "table";
  rows: TableRow[];
}

export type Block = TextBlock | TableBlock;

export interface Layout {
  /** In reading order. */
  blocks: Block[];
  /** Of the body text, in pixels: the height that most of the page's text has. */
  lineHeight: number;
}

/** A gap begins a new block where it is so many line heights, and so many of the usual gaps. */
const BLOCK_GAP = 0.3;
const USUAL_GAPS = 1.4;
/** One of so many line heights always does. */
const WIDEST_GAP = 1.2;
/** Rows whose heights differ by more than this ratio are of different blocks. */
const HEIGHT_RATIO = 1.35;

/**
 * @param boxes with their width along the direction.
 * @param direction in which the lines run.
 */
export function layOut(boxes: readonly RotatedBox[], direction: number): Layout {
  const placed = boxes.map((box) => place(box, direction));
  const lineHeight = bodyHeight(placed);
  return { blocks: orderRegion(placed, lineHeight), lineHeight };
}

/** The median height, each box weighing as much as it is wide. */
function bodyHeight(items: readonly Placed[]): number {
  const sorted = items.toSorted((a, b) => heightOf(a) - heightOf(b));
  let left = sorted.reduce((sum, item) => sum + widthOf(item), 0) / 2;
  for (const item of sorted) {
    left -= widthOf(item);
    if (left <= 0) return heightOf(item);
  }
  return 0;
}

function orderRegion(region: readonly Placed[], lineHeight: number): Block[] {
  const bands = splitBands(region);
  const blocks: Block[] = [];
  let rows: Row[] = [];
  for (let first = 0; first < bands.length;) {
    const columns = findColumns(bands.slice(first), lineHeight);
    if (columns) {
      blocks.push(...groupRows(rows, lineHeight));
      rows = [];
      for (const side of columns.sides) blocks.push(...orderRegion(side, lineHeight));
      first += columns.bands;
    } else {
      rows.push(...splitRows(bands[first] ?? []));
      first++;
    }
  }
  return [...blocks, ...groupRows(rows, lineHeight)];
}

/** Groups with free space across the whole region between them, from the top. */
function splitBands(region: readonly Placed[]): Placed[][] {
  const bands: Placed[][] = [];
  let bottom = Number.NEGATIVE_INFINITY;
  for (const item of region.toSorted((a, b) => a.top - b.top)) {
    // Boxes of neighbouring lines may overlap by a hair.
    const slack = heightOf(item) * 0.2;
    if (item.top + slack >= bottom) bands.push([]);
    bands.at(-1)?.push(item);
    bottom = Math.max(bottom, item.bottom - slack);
  }
  return bands;
}

function groupRows(rows: readonly Row[], lineHeight: number): Block[] {
  const blocks: Block[] = [];
  const usualGap = median(rows.slice(1).map((row, index) => gapAbove(rows[index] ?? [], row)));
  let text: TextBlock | undefined;
  let previous: Row | undefined;
  for (let first = 0; first < rows.length;) {
    const row = rows[first] ?? [];
    const table = findTable(rows.slice(first), lineHeight);
    if (table) {
      blocks.push({ kind: "table", rows: table.rows });
      text = undefined;
      first += table.length;
      continue;
    }
    if (text && previous && belongsTogether(previous, row, usualGap)) text.rows.push(row);
    else blocks.push((text = { kind: "text", rows: [row] }));
    previous = row;
    first++;
  }
  return blocks;
}

function belongsTogether(above: Row, below: Row, usualGap: number): boolean {
  const upper = median(above.map(heightOf));
  const lower = median(below.map(heightOf));
  const height = Math.min(upper, lower);
  if (Math.max(upper, lower) > height * HEIGHT_RATIO) return false;
  const gap = gapAbove(above, below);
  return gap < Math.min(height * WIDEST_GAP, Math.max(height * BLOCK_GAP, usualGap * USUAL_GAPS));
}
