/**
 * Which lines belong together and in what order they are read: a recursive XY-cut in which a gutter
 * counts only where text columns stand on both sides of it. What is left are tables and text.
 */
import type { RotatedBox } from "../geometry.ts";
import { cutBridges } from "./bridges.ts";
import type { TableRow } from "./cells.ts";
import { findColumns } from "./columns.ts";
import { findNumbered } from "./numbered.ts";
import { type Placed, type Row, gapAbove, heightOf, median, placeAll, widthOf } from "./placed.ts";
import { splitRows } from "./rows.ts";
import { findTable } from "./tables.ts";

/** Rows that follow each other without a gap: a paragraph, a heading, an address. */
export interface TextBlock {
  kind: "text";
  rows: Row[];
  /** Each row is a line of its own, as where they are numbered. */
  keepsBreaks: boolean;
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
/** A box so many line heights tall, and so many times as tall as wide, runs up the page. */
const SIDEWAYS_HEIGHT = 2.5;
const SIDEWAYS_ASPECT = 2;
/** Radians. */
const SIDEWAYS_ANGLE = 0.3;

/**
 * @param boxes with their width along the direction.
 * @param direction in which the lines run.
 */
export function layOut(boxes: readonly RotatedBox[], direction: number): Layout {
  const placed = placeAll(boxes, direction);
  const lineHeight = bodyHeight(placed);
  const isSideways = (item: Placed): boolean =>
    Math.abs(item.box.angle - direction) > SIDEWAYS_ANGLE ||
    (heightOf(item) > lineHeight * SIDEWAYS_HEIGHT &&
      heightOf(item) > widthOf(item) * SIDEWAYS_ASPECT);
  const upright = cutBridges(
    placed.filter((item) => !isSideways(item)),
    lineHeight,
  );
  // Labels along an axis, notes in the margin: they are of no line, so they come last.
  const sideways = placed.filter((item) => isSideways(item));
  const margin: Block[] = sideways.map((item) => ({
    kind: "text",
    rows: [[item]],
    keepsBreaks: true,
  }));
  return { blocks: [...orderRegion(upright, lineHeight), ...margin], lineHeight };
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
  if (region.length === 0) return [];
  const columns = findColumns(region, lineHeight);
  if (!columns) return groupRows(splitRows(region), lineHeight);
  const { above, left, right, below } = columns;
  return [above, left, right, below].flatMap((part) => orderRegion(part, lineHeight));
}

function groupRows(rows: readonly Row[], lineHeight: number): Block[] {
  const blocks: Block[] = [];
  const usualGap = median(rows.slice(1).map((row, index) => gapAbove(rows[index] ?? [], row)));
  let text: TextBlock | undefined;
  let listEnd = 0;
  for (let first = 0; first < rows.length;) {
    const row = rows[first] ?? [];
    const special = first < listEnd ? undefined : findSpecial(rows.slice(first), lineHeight);
    if (special?.block) {
      blocks.push(special.block);
      text = undefined;
      first += special.length;
      continue;
    }
    if (special) listEnd = first + special.length;
    const previous = text?.rows.at(-1);
    if (text && previous && belongsTogether(previous, row, usualGap)) text.rows.push(row);
    else blocks.push((text = { kind: "text", rows: [row], keepsBreaks: false }));
    first++;
  }
  return blocks;
}

/** What begins with the first of the rows, if it is not plain text; lists are, without a block. */
function findSpecial(
  rows: readonly Row[],
  lineHeight: number,
): { block?: Block; length: number } | undefined {
  const numbered = findNumbered(rows, lineHeight);
  if (numbered > 0) {
    const lines = rows.slice(0, numbered);
    return { block: { kind: "text", rows: lines, keepsBreaks: true }, length: numbered };
  }
  const table = findTable(rows, lineHeight);
  if (!table || table.kind === "list") return table && { length: table.length };
  return { block: { kind: "table", rows: table.rows }, length: table.length };
}

function belongsTogether(above: Row, below: Row, usualGap: number): boolean {
  const upper = median(above.map(heightOf));
  const lower = median(below.map(heightOf));
  const height = Math.min(upper, lower);
  if (Math.max(upper, lower) > height * HEIGHT_RATIO) return false;
  const gap = gapAbove(above, below);
  return gap < Math.min(height * WIDEST_GAP, Math.max(height * BLOCK_GAP, usualGap * USUAL_GAPS));
}
