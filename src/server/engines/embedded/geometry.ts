/** Rotated boxes in pixels of the page picture: x to the right, y down, angles clockwise. */
import type { Box } from "../../../shared/ocr-events.ts";
import { type Bow, reverseBow, stretchBow } from "./bow.ts";

export interface Point {
  x: number;
  y: number;
}

/** `width` runs along `angle` (radians), `height` across it. */
export interface RotatedBox {
  center: Point;
  width: number;
  height: number;
  angle: number;
  /** Where the line is not straight. */
  bow?: Bow;
}

/** The convex hull of points sorted by y, without the points on its edges (Andrew's monotone chain). */
export function convexHull(sorted: readonly Point[]): Point[] {
  const left = halfHull(sorted, 1);
  const right = halfHull(sorted, -1);
  return [...left, ...right.toReversed().slice(1, -1)];
}

function halfHull(sorted: readonly Point[], side: 1 | -1): Point[] {
  const chain: Point[] = [];
  for (const point of sorted) {
    for (;;) {
      const [a, b] = chain.slice(-2);
      if (!a || !b || cross(a, b, point) * side > 0) break;
      chain.pop();
    }
    chain.push(point);
  }
  return chain;
}

function cross(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/** The box of least area around a convex hull: one of its sides lies on one of the hull's. */
export function minimumAreaBox(hull: readonly Point[]): RotatedBox {
  let best = boxAt(hull, 0);
  for (const [index, point] of hull.entries()) {
    const next = hull[(index + 1) % hull.length] ?? point;
    const box = boxAt(hull, quarterAngle(Math.atan2(next.y - point.y, next.x - point.x)));
    if (box.width * box.height < best.width * best.height) best = box;
  }
  return best;
}

/** The same direction, give or take quarter turns, above -π/4 to π/4. */
function quarterAngle(angle: number): number {
  const quarter = Math.PI / 2;
  return angle - Math.round(angle / quarter) * quarter;
}

function boxAt(points: readonly Point[], angle: number): RotatedBox {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let [minU, maxU, minV, maxV] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    const u = x * cos + y * sin;
    const v = y * cos - x * sin;
    minU = Math.min(minU, u);
    maxU = Math.max(maxU, u);
    minV = Math.min(minV, v);
    maxV = Math.max(maxV, v);
  }
  const u = (minU + maxU) / 2;
  const v = (minV + maxV) / 2;
  const center = { x: u * cos - v * sin, y: u * sin + v * cos };
  return { center, width: maxU - minU, height: maxV - minV, angle };
}

/** The same box with its width along the side that is closest to a direction. */
export function turnTo(box: RotatedBox, direction: number): RotatedBox {
  const quarter = Math.PI / 2;
  const turns = Math.round((direction - box.angle) / quarter);
  const { center, width, height, bow } = box;
  const angle = box.angle + turns * quarter;
  // Across its line, a box cannot follow the bow.
  if (turns % 2 !== 0) return { center, width: height, height: width, angle };
  return { ...box, angle, ...(bow && turns % 4 !== 0 && { bow: reverseBow(bow) }) };
}

/** The slant that most of the boxes share: the median, each weighing as much as it is long. */
export function skewOf(boxes: readonly RotatedBox[]): number {
  const slants = boxes
    .map(({ angle, width, height }) => ({
      angle: quarterAngle(angle),
      weight: Math.max(width, height),
    }))
    .toSorted((a, b) => a.angle - b.angle);
  let left = slants.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { angle, weight } of slants) {
    left -= weight;
    if (left <= 0) return angle;
  }
  return 0;
}

/** The box as it stands when the page is turned so that `direction` runs to the right. */
export function turnedBack(box: RotatedBox, direction: number): RotatedBox {
  const cos = Math.cos(direction);
  const sin = Math.sin(direction);
  const { x, y } = box.center;
  const center = { x: x * cos + y * sin, y: y * cos - x * sin };
  return { ...box, center, angle: box.angle - direction };
}

/** The box from `start` to `end` along its own direction, measured from its middle. */
export function between(box: RotatedBox, start: number, end: number): RotatedBox {
  const { center, width, angle, bow } = box;
  const shift = (start + end) / 2;
  return {
    ...box,
    center: { x: center.x + shift * Math.cos(angle), y: center.y + shift * Math.sin(angle) },
    width: end - start,
    ...(bow && { bow: stretchBow(bow, shift / (width / 2), (end - start) / width) }),
  };
}

/** Left, top, right, bottom of the upright box around a rotated one, in pixels. */
export function bounds({ center, width, height: thickness, angle, bow }: RotatedBox): Box {
  const height = thickness + (bow ? Math.abs(bow[1]) + Math.abs(bow[2]) + Math.abs(bow[3]) : 0);
  const cos = Math.abs(Math.cos(angle));
  const sin = Math.abs(Math.sin(angle));
  const halfX = (width * cos + height * sin) / 2;
  const halfY = (width * sin + height * cos) / 2;
  return [center.x - halfX, center.y - halfY, center.x + halfX, center.y + halfY];
}

/** `bounds` as shares of the page, 0–1. */
export function boundsOnPage(box: RotatedBox, page: { width: number; height: number }): Box {
  const [left, top, right, bottom] = bounds(box);
  const share = (value: number, whole: number): number =>
    Math.round(Math.min(1, Math.max(0, value / whole)) * 1e5) / 1e5;
  return [
    share(left, page.width),
    share(top, page.height),
    share(right, page.width),
    share(bottom, page.height),
  ];
}
