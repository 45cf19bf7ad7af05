/**
 * Which lines belong together and in what order they are read: a recursive XY-cut in which a gutter
 * counts only where text columns stand on both sides of it. What is left are tables and text.
 */
import type { RotatedBox } from "../geometry.ts";
import { type Block, groupRows, markHeadings } from "./blocks.ts";
import { cutBridges } from "./bridges.ts";
import { findColumns } from "./columns.ts";
import { type Placed, heightOf, placeAll, widthOf } from "./placed.ts";
import { splitRows } from "./rows.ts";

export interface Layout {
  /** In reading order. */
  blocks: Block[];
}

/** A box so many line heights tall, and so many times as tall as wide, runs up the page. */
const SIDEWAYS_HEIGHT = 2.5;
const SIDEWAYS_ASPECT = 2;
/** One still taller, and not so many times as wide, is a drawing or a stamp. */
const DRAWING_HEIGHT = 4;
const DRAWING_ASPECT = 2;
/** Radians. */
const SIDEWAYS_ANGLE = 0.3;

/**
 * @param boxes with their width along the direction.
 * @param direction in which the lines run.
 */
export function layOut(boxes: readonly RotatedBox[], direction: number): Layout {
  const placed = placeAll(boxes, direction);
  const lineHeight = bodyHeight(placed);
  const isInNoLine = ({ box: { width, height, angle } }: Placed): boolean =>
    Math.abs(angle - direction) > SIDEWAYS_ANGLE ||
    (height > lineHeight * SIDEWAYS_HEIGHT && height > width * SIDEWAYS_ASPECT) ||
    (height > lineHeight * DRAWING_HEIGHT && width < height * DRAWING_ASPECT);
  const upright = cutBridges(
    placed.filter((item) => !isInNoLine(item)),
    lineHeight,
  );
  // Labels along an axis, notes in the margin: they come last.
  const others = placed.filter((item) => isInNoLine(item));
  const margin = others.flatMap((item) => groupRows([[item]], lineHeight));
  const blocks = [...orderRegion(upright, lineHeight), ...margin];
  markHeadings(blocks, lineHeight);
  return { blocks };
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
