/** Tall strips of the page without text: between columns, of text or of a table. */
import { type Placed, heightOf, widthOf } from "./placed.ts";

export interface Gutter {
  /** Across the page, in pixels. */
  from: number;
  to: number;
  /** Down the page: from the box that closes it above to the one that closes it below. */
  top: number;
  bottom: number;
}

/** Boxes reach over their print by so many line heights. */
const MARGIN = 0.19;
/** A gutter is so many line heights wide between the print, */
const LEAST_WIDTH = 0.45;
/** and so many tall. */
const LEAST_HEIGHT = 3;
/** The page is looked through in steps of so many line heights. */
const STEP = 0.12;
/** Narrower boxes (in heights) are crumbs, which close no gutter. */
const CRUMB_WIDTH = 1.5;
/** Tall boxes (in line heights) do only when they are so many heights wide: others are drawings. */
const TALL = 1.7;
const TALL_WIDTH = 2;

/** The gutters with text on both sides, the tallest first. */
export function findGutters(items: readonly Placed[], lineHeight: number): Gutter[] {
  const margin = lineHeight * MARGIN;
  const solid = items
    .filter((item) => {
      const isTall = heightOf(item) > lineHeight * TALL;
      return widthOf(item) > heightOf(item) * (isTall ? TALL_WIDTH : CRUMB_WIDTH);
    })
    .map((item) => ({ ...item, left: item.left + margin, right: item.right - margin }))
    .toSorted((a, b) => a.top - b.top);
  if (solid.length === 0) return [];
  const left = Math.min(...solid.map((item) => item.left));
  const right = Math.max(...solid.map((item) => item.right));
  const width = Math.max(1, lineHeight * LEAST_WIDTH);
  const gutters: Gutter[] = [];
  let open: Gutter[] = [];
  for (let x = left; x + width <= right; x += Math.max(1, lineHeight * STEP)) {
    const strips = stripsAt(solid, x, x + width, lineHeight * LEAST_HEIGHT);
    open = strips.map((strip) => {
      const same = open.find((one) => one.top === strip.top && one.bottom === strip.bottom);
      if (!same) {
        gutters.push(strip);
        return strip;
      }
      same.to = strip.to;
      return same;
    });
  }
  return gutters.toSorted((a, b) => b.bottom - b.top - (a.bottom - a.top));
}

/** The free strips from `from` to `to`, from one box to the next below. */
function stripsAt(solid: readonly Placed[], from: number, to: number, least: number): Gutter[] {
  const strips: Gutter[] = [];
  let top = Number.NEGATIVE_INFINITY;
  for (const item of solid) {
    if (item.left >= to || item.right <= from) continue;
    if (item.top - top >= least) strips.push({ from, to, top, bottom: item.top });
    top = Math.max(top, item.bottom);
  }
  strips.push({ from, to, top, bottom: Number.POSITIVE_INFINITY });
  return strips;
}
