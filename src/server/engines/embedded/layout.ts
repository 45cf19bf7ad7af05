/**
 * Which lines belong together and in what order they are read: rows, columns, blocks. A recursive
 * XY-cut in which a gutter counts only where text columns stand on both sides of it.
 */
import type { Box } from "../../../shared/ocr-events.ts";
import { type RotatedBox, bounds, turnedBack } from "./geometry.ts";

/** One row of print: the boxes that stand side by side, from left to right. */
export type Row = RotatedBox[];
/** Rows that follow each other without a gap: a paragraph, a heading, an address. */
export type Block = Row[];

interface Placed {
  box: RotatedBox;
  /** Its bounds on the page turned upright. */
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Span {
  from: number;
  to: number;
}

/** A gutter is at least so many line heights wide, between boxes that reach over their print. */
const GUTTER = 0.35;
/** Narrower boxes (in line heights) are crumbs, which close no gutter. */
const CRUMB_WIDTH = 1.3;
/** A text column has at least so many rows, of so many line heights in the median. */
const COLUMN_ROWS = 3;
const COLUMN_WIDTH = 6;
/** A gap of so many line heights between two rows begins a new block. */
const BLOCK_GAP = 0.9;
/** Rows whose heights differ by more than this ratio are of different blocks. */
const HEIGHT_RATIO = 1.35;

/**
 * @param boxes with their width along the direction.
 * @param direction in which the lines run.
 * @returns the blocks of a page in reading order.
 */
export function layOut(boxes: readonly RotatedBox[], direction: number): Block[] {
  const placed = boxes.map((box) => place(box, direction));
  return orderRegion(placed, median(placed.map(heightOf)));
}

function place(box: RotatedBox, direction: number): Placed {
  const [left, top, right, bottom]: Box = bounds(turnedBack(box, direction));
  return { box, left, top, right, bottom };
}

function orderRegion(region: readonly Placed[], lineHeight: number): Block[] {
  const bands = splitBands(region);
  const blocks: Block[] = [];
  let rows: Placed[][] = [];
  const flush = (): void => {
    blocks.push(...groupRows(rows));
    rows = [];
  };
  for (let first = 0; first < bands.length;) {
    const columns = findColumns(bands.slice(first), lineHeight);
    if (columns) {
      flush();
      for (const side of columns.sides) blocks.push(...orderRegion(side, lineHeight));
      first += columns.bands;
    } else {
      rows.push(...splitRows(bands[first] ?? []));
      first++;
    }
  }
  flush();
  return blocks;
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

/** The longest run of bands from the first on that one gutter divides into two text columns. */
function findColumns(
  bands: readonly Placed[][],
  lineHeight: number,
): { sides: [Placed[], Placed[]]; bands: number } | undefined {
  let gutters = gaps(bands[0] ?? [], lineHeight * GUTTER);
  let found: { sides: [Placed[], Placed[]]; bands: number } | undefined;
  for (let count = 1; count <= bands.length && gutters.length > 0; count++) {
    const run = bands.slice(0, count).flat();
    if (count > 1) gutters = intersect(gutters, run, lineHeight * GUTTER);
    for (const gutter of gutters) {
      const middle = (gutter.from + gutter.to) / 2;
      const left = run.filter((item) => item.right <= middle);
      const right = run.filter((item) => item.right > middle);
      if (isColumn(left, lineHeight) && isColumn(right, lineHeight)) {
        found = { sides: [left, right], bands: count };
        break;
      }
    }
  }
  return found;
}

/** The vertical strips at least `least` wide without any item, between the outermost ones. */
function gaps(items: readonly Placed[], least: number): Span[] {
  const free: Span[] = [];
  let right = Number.POSITIVE_INFINITY;
  const wide = items.filter((item) => item.right - item.left > heightOf(item) * CRUMB_WIDTH);
  for (const item of wide.toSorted((a, b) => a.left - b.left)) {
    if (item.left - right >= least) free.push({ from: right, to: item.left });
    right = right === Number.POSITIVE_INFINITY ? item.right : Math.max(right, item.right);
  }
  return free;
}

function intersect(gutters: readonly Span[], run: readonly Placed[], least: number): Span[] {
  const now = gaps(run, least);
  // A run that has text on one side only keeps the gutter of the bands before.
  return now.filter((span) => gutters.some((one) => one.from < span.to && span.from < one.to));
}

function isColumn(items: readonly Placed[], lineHeight: number): boolean {
  if (splitRows(items).length < COLUMN_ROWS) return false;
  return median(items.map((item) => item.right - item.left)) >= lineHeight * COLUMN_WIDTH;
}

/** Items side by side, each row from left to right. */
function splitRows(items: readonly Placed[]): Placed[][] {
  const rows: Placed[][] = [];
  for (const item of items.toSorted((a, b) => middleOf(a) - middleOf(b))) {
    const row = rows.at(-1);
    const last = row?.at(-1);
    if (row && last && overlapsVertically(last, item)) row.push(item);
    else rows.push([item]);
  }
  return rows.map((row) => row.toSorted((a, b) => a.left - b.left));
}

function overlapsVertically(a: Placed, b: Placed): boolean {
  const overlap = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return overlap > Math.min(heightOf(a), heightOf(b)) * 0.5;
}

function groupRows(rows: readonly Placed[][]): Block[] {
  const blocks: Block[] = [];
  let previous: Placed[] | undefined;
  for (const row of rows) {
    const boxes = row.map((item) => item.box);
    const block = blocks.at(-1);
    if (block && previous && belongsTogether(previous, row)) block.push(boxes);
    else blocks.push([boxes]);
    previous = row;
  }
  return blocks;
}

function belongsTogether(above: readonly Placed[], below: readonly Placed[]): boolean {
  const upper = median(above.map(heightOf));
  const lower = median(below.map(heightOf));
  if (Math.max(upper, lower) > Math.min(upper, lower) * HEIGHT_RATIO) return false;
  const gap =
    Math.min(...below.map((item) => item.top)) - Math.max(...above.map((item) => item.bottom));
  return gap < Math.min(upper, lower) * BLOCK_GAP;
}

function heightOf({ top, bottom }: Placed): number {
  return bottom - top;
}

function middleOf({ top, bottom }: Placed): number {
  return (top + bottom) / 2;
}

/** Zero of an empty list. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
