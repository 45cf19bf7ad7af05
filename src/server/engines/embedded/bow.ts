/**
 * Lines that are not straight: a photographed page bends towards its spine. The middle of such a
 * line is a cubic, and its pixels are taken along it.
 */
import type { RotatedBox } from "./geometry.ts";

/**
 * How far the middle of the line lies below the middle of its box, as a cubic of t: from -1 at its
 * start over 0 in the middle to 1 at its end. Constant term first, in pixels.
 */
export type Bow = readonly [number, number, number, number];

/** A bow of so many heights is one; less is noise. */
const LEAST_BOW = 0.12;
/** Only long lines show one. */
const LEAST_ASPECT = 6;

export function bowAt([a, b, c, d]: Bow, t: number): number {
  return a + t * (b + t * (c + t * d));
}

/** The same line read from its other end. */
export function reverseBow([a, b, c, d]: Bow): Bow {
  return [-a, b, -c, d];
}

/** The same curve for a line that is longer: `t` of it is `shift + scale * t` of the old one. */
export function stretchBow([a, b, c, d]: Bow, shift: number, scale: number): Bow {
  return [
    bowAt([a, b, c, d], shift),
    (b + 2 * c * shift + 3 * d * shift ** 2) * scale,
    (c + 3 * d * shift) * scale ** 2,
    d * scale ** 3,
  ];
}

/**
 * The box that follows the bow of a region, or undefined where the region is straight.
 *
 * @param box around the region, with its width along its longer side.
 * @param pixels indices into a map of `mapWidth`.
 */
export function fitBow(
  box: RotatedBox,
  pixels: Int32Array,
  mapWidth: number,
): RotatedBox | undefined {
  if (box.width < box.height * LEAST_ASPECT) return undefined;
  const points = alongBox(box, pixels, mapWidth);
  const bow = fitCubic(points);
  if (!bow) return undefined;
  const { low, high } = spread(points, bow);
  const height = high - low + 1;
  if (box.height - height < height * LEAST_BOW * 2) return undefined;
  const [constant, ...rest] = bow;
  return { ...box, height, bow: [constant + (low + high) / 2, ...rest] };
}

/** Pairs of t and the distance below the box's middle. */
function alongBox(box: RotatedBox, pixels: Int32Array, mapWidth: number): Float64Array {
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  const points = new Float64Array(pixels.length * 2);
  for (let index = 0; index < pixels.length; index++) {
    const pixel = pixels[index] ?? 0;
    const y = Math.floor(pixel / mapWidth);
    const dx = pixel - y * mapWidth + 0.5 - box.center.x;
    const dy = y + 0.5 - box.center.y;
    points[index * 2] = (dx * cos + dy * sin) / (box.width / 2);
    points[index * 2 + 1] = dy * cos - dx * sin;
  }
  return points;
}

function spread(points: Float64Array, bow: Bow): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < points.length; i += 2) {
    const distance = (points[i + 1] ?? 0) - bowAt(bow, points[i] ?? 0);
    if (distance < low) low = distance;
    if (distance > high) high = distance;
  }
  return { low, high };
}

/** Least squares by the normal equations; undefined where they have no solution. */
function fitCubic(points: Float64Array): Bow | undefined {
  const moments = new Float64Array(7);
  const right = new Float64Array(4);
  for (let i = 0; i < points.length; i += 2) {
    const t = points[i] ?? 0;
    const v = points[i + 1] ?? 0;
    for (let power = 0, value = 1; power < 7; power++, value *= t) {
      moments[power] = (moments[power] ?? 0) + value;
      if (power < 4) right[power] = (right[power] ?? 0) + value * v;
    }
  }
  const rows = [...right].map((value, i) =>
    [0, 1, 2, 3].map((j) => moments[i + j] ?? 0).concat(value),
  );
  return solve(rows);
}

/** Gauss-Jordan elimination with pivoting of four rows of five. */
function solve(rows: number[][]): Bow | undefined {
  for (let column = 0; column < 4; column++) {
    const pivot = rows
      .slice(column)
      .reduce((best, row) =>
        Math.abs(row[column] ?? 0) > Math.abs(best[column] ?? 0) ? row : best,
      );
    const scale = pivot[column] ?? 0;
    if (Math.abs(scale) < 1e-9) return undefined;
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(
      column,
      0,
      pivot.map((value) => value / scale),
    );
    const normalized = rows[column] ?? [];
    for (const [index, row] of rows.entries()) {
      if (index === column) continue;
      const factor = row[column] ?? 0;
      rows[index] = row.map((value, i) => value - factor * (normalized[i] ?? 0));
    }
  }
  const [a = 0, b = 0, c = 0, d = 0] = rows.map((row) => row[4] ?? 0);
  return [a, b, c, d];
}
