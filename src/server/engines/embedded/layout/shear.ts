/**
 * Levels what stands side by side. Short lines tell little about the slope of the paper between
 * them, as on a crumpled receipt: the price stands higher than its item. The slope at which most
 * boxes far apart come to stand on one line is taken away.
 */
import type { Placed } from "./placed.ts";

/** Rise over run. */
const STEEPEST = 0.06;
const STEP = 0.004;
/** Boxes are on one line where their middles differ by so much of their height. */
const SAME_LINE = 0.2;
/** Boxes nearer than so many heights say nothing about the slope. */
const LEAST_DISTANCE = 2;
/** Boxes whose heights differ by more than this ratio are not compared. */
const HEIGHT_RATIO = 1.5;
/** So many times as many pairs must stand on one line as without the slope, and so many more. */
const LEAST_GAIN = 1.4;
const LEAST_MORE = 4;

export function sheared(items: readonly Placed[]): Placed[] {
  const slope = findSlope(items);
  if (slope === 0) return [...items];
  const [first] = items;
  const origin = first ? first.left : 0;
  return items.map((item) => {
    const shift = ((item.left + item.right) / 2 - origin) * slope;
    return { ...item, top: item.top - shift, bottom: item.bottom - shift };
  });
}

function findSlope(items: readonly Placed[]): number {
  const counts = new Map<number, number>();
  const most = Math.round(STEEPEST / STEP);
  for (const [index, a] of items.entries()) {
    for (const b of items.slice(index + 1)) {
      const height = Math.min(a.bottom - a.top, b.bottom - b.top);
      const gap = Math.max(b.left - a.right, a.left - b.right);
      if (gap < height * LEAST_DISTANCE) continue;
      if (Math.max(a.bottom - a.top, b.bottom - b.top) > height * HEIGHT_RATIO) continue;
      const run = (b.left + b.right - a.left - a.right) / 2;
      const rise = (b.top + b.bottom - a.top - a.bottom) / 2;
      const reach = (height * SAME_LINE) / Math.abs(run);
      const slope = rise / run;
      const from = Math.max(-most, Math.ceil((slope - reach) / STEP));
      const to = Math.min(most, Math.floor((slope + reach) / STEP));
      for (let step = from; step <= to; step++) counts.set(step, (counts.get(step) ?? 0) + 1);
    }
  }
  const level = counts.get(0) ?? 0;
  const [best = 0, count = 0] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  return count >= level * LEAST_GAIN && count >= level + LEAST_MORE ? best * STEP : 0;
}
