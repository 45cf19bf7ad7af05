/**
 * Flattens the page: where its lines rise or fall, because the paper is bent or the camera stood
 * aslant, a smooth surface tells by how much, and taking it away leaves level lines.
 */
import type { RotatedBox } from "../geometry.ts";

/** How far a place lies below its line's level at the page's middle, in pixels. */
export type Relief = (x: number, y: number) => number;

/** Boxes of so many heights in width show a slope. */
const LEAST_ASPECT = 5;
/** With less than so many of them the page counts as flat. */
const LEAST_LINES = 4;
/** Where on a line its slope is taken, from -1 at its start to 1 at its end. */
const SAMPLES = [-0.8, 0, 0.8];
/** Steeper ones (rise over run) are drawings, stamps, or text on its side. */
const STEEPEST = 0.25;
/** Against wild surfaces where few lines speak: a share of the lines' own weight. */
const RIDGE = 0.01;
/** Slopes farther than this from the first surface are left out of the second. */
const OUTLIER = 0.03;

interface Slope {
  /** -1 to 1 across the page. */
  x: number;
  y: number;
  slope: number;
  weight: number;
}

/** @param boxes on the page turned upright, widths along the lines. */
export function findRelief(boxes: readonly RotatedBox[]): Relief {
  const lines = boxes.filter(({ width, height }) => width >= height * LEAST_ASPECT);
  if (lines.length < LEAST_LINES) return () => 0;
  const xs = boxes.map(({ center }) => center.x);
  const ys = boxes.map(({ center }) => center.y);
  const middle = { x: middleOf(xs), y: middleOf(ys) };
  const scale = Math.max(1, ...xs.map((x) => x - middle.x), ...ys.map((y) => y - middle.y));
  const slopes = lines
    .flatMap((line) => slopesOf(line, middle, scale))
    .filter(({ slope }) => Math.abs(slope) < STEEPEST);
  const first = fitSurface(slopes);
  const kept = slopes.filter((one) => Math.abs(one.slope - slopeAt(first, one)) < OUTLIER);
  const surface = fitSurface(kept);
  return (x, y) => {
    const place = { x: (x - middle.x) / scale, y: (y - middle.y) / scale };
    return heightAt(surface, place) * scale;
  };
}

function middleOf(values: readonly number[]): number {
  return (Math.min(...values) + Math.max(...values)) / 2;
}

/** How far the middle of a line lies below its box's middle at `t` from -1 to 1, in pixels. */
export function riseOf({ width, angle, bow }: RotatedBox, t: number): number {
  const [a, b, c, d] = bow ?? [0, 0, 0, 0];
  return a + t * (b + t * (c + t * d)) + (Math.sin(angle) * width * t) / 2;
}

function slopesOf(line: RotatedBox, middle: { x: number; y: number }, scale: number): Slope[] {
  const half = line.width / 2;
  const [, b, c, d] = line.bow ?? [0, 0, 0, 0];
  return SAMPLES.map((t) => ({
    x: (line.center.x + t * half * Math.cos(line.angle) - middle.x) / scale,
    y: (line.center.y + riseOf(line, t) - middle.y) / scale,
    slope: Math.tan(line.angle) + (b + 2 * c * t + 3 * d * t ** 2) / half,
    weight: line.width / scale,
  }));
}

/** The surface's slope is `1, x, y, x², xy` times its coefficients; its height is the integral. */
type Surface = readonly number[];

function termsOf({ x, y }: { x: number; y: number }): number[] {
  return [1, x, y, x * x, x * y];
}

function slopeAt(surface: Surface, place: { x: number; y: number }): number {
  return termsOf(place).reduce((sum, term, index) => sum + term * (surface[index] ?? 0), 0);
}

function heightAt(surface: Surface, { x, y }: { x: number; y: number }): number {
  const integrals = [x, (x * x) / 2, x * y, x ** 3 / 3, (x * x * y) / 2];
  return integrals.reduce((sum, term, index) => sum + term * (surface[index] ?? 0), 0);
}

/** Weighted least squares with a ridge, by the normal equations. */
function fitSurface(slopes: readonly Slope[]): Surface {
  const size = 5;
  const rows = Array.from({ length: size }, () => Array.from({ length: size + 1 }, () => 0));
  let total = 0;
  for (const { weight, slope, ...place } of slopes) {
    const terms = termsOf(place);
    total += weight;
    for (const [i, row] of rows.entries()) {
      const factor = weight * (terms[i] ?? 0);
      for (let j = 0; j < size; j++) row[j] = (row[j] ?? 0) + factor * (terms[j] ?? 0);
      row[size] = (row[size] ?? 0) + factor * slope;
    }
  }
  for (const [i, row] of rows.entries()) row[i] = (row[i] ?? 0) + total * RIDGE;
  return total === 0 ? [] : solve(rows);
}

/** Gauss elimination without pivoting: the ridge makes the equations positive definite. */
function solve(rows: number[][]): number[] {
  const size = rows.length;
  for (const [i, row] of rows.entries()) {
    const pivot = row[i] ?? 1;
    for (const other of rows.slice(i + 1)) {
      const factor = (other[i] ?? 0) / pivot;
      for (let j = i; j <= size; j++) other[j] = (other[j] ?? 0) - factor * (row[j] ?? 0);
    }
  }
  const solution = Array.from({ length: size }, () => 0);
  for (let i = size - 1; i >= 0; i--) {
    const row = rows[i] ?? [];
    let rest = row[size] ?? 0;
    for (let j = i + 1; j < size; j++) rest -= (row[j] ?? 0) * (solution[j] ?? 0);
    solution[i] = rest / (row[i] ?? 1);
  }
  return solution;
}
