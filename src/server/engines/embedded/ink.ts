/**
 * Fits boxes to the print in them: where it begins and ends, and where a gap is too wide for a line.
 * The detection sees a small picture, so it cuts full stops off and ties narrow columns together.
 */
import { bowAt } from "./bow.ts";
import { type RotatedBox, between } from "./geometry.ts";
import type { Picture } from "./picture.ts";
import { findRules } from "./rules.ts";

/** A gap of so many heights of the box parts two columns or cells; no space is so wide. */
const WIDEST_SPACE = 0.62;
/** How far beyond its ends a line may go on, in heights. */
const REACH = 0.5;
/** Left around the print, in heights. */
const MARGIN = 0.2;
/** Paper between a rule and the print beside it, in heights. */
const LEAST_CLEAR = 0.15;
/** Of the height, so much is looked at: the very edges may hold strokes of the neighbours. */
const CORE = 0.96;
const SAMPLES = 24;
/** A column has print where it has so much of the line's contrast. */
export const INK_SHARE = 0.3;
/** Levels of 255; below, all is background. */
const LEAST_CONTRAST = 12;

/**
 * @returns the pieces of the line, from its start, between rules; the box itself where no print can
 *   be told, and nothing where it holds a rule alone.
 */
export function fitToInk(picture: Picture, box: RotatedBox): RotatedBox[] {
  const step = Math.max(1, box.height / 32);
  const reach = Math.round((box.height * REACH) / step);
  const inside = Math.round(box.width / step);
  const shape = { step, reach, columns: inside + 2 * reach, core: CORE };
  const contrasts = columnContrasts(picture, box, shape);
  const found = findRules(picture, box, shape);
  const isAlone = box.width < box.height && found.subarray(reach, reach + inside).includes(1);
  const typical = typicalContrast(contrasts);
  if (typical < LEAST_CONTRAST) return isAlone ? [] : [box];
  const isInk = Uint8Array.from(contrasts, (one) => Number(one > typical * INK_SHARE));
  const rules = withoutStreaks(found, isInk, box.height / step);
  const pieces = piecesBetween(isInk, rules, box.height / step);
  const own = pieces.filter(({ from, to }) => to > reach && from < reach + inside);
  if (own.length === 0) return isAlone ? [] : [box];
  const margin = (box.height * MARGIN) / step;
  return own.map(({ from, to }) => {
    const [before, after] = [rules.lastIndexOf(1, from), rules.indexOf(1, to)];
    const start = before === -1 ? from - margin : Math.max(from - margin, before + 1);
    const end = after === -1 ? to + margin : Math.min(to + margin, after);
    const along = (column: number): number => (column - reach) * step - box.width / 2;
    return between(box, along(start), along(end));
  });
}

/** Columns from the first one to the one behind the last. */
interface Piece {
  from: number;
  to: number;
}

/** A scanner's streaks, and folds, run through print; rules keep clear of it, on one side at least. */
function withoutStreaks(rules: Uint8Array, isInk: Uint8Array, height: number): Uint8Array {
  const apart = Math.round(height * LEAST_CLEAR);
  const clear = Uint8Array.from(rules);
  for (let from = rules.indexOf(1); from !== -1;) {
    let end = from;
    while (rules[end] === 1) end++;
    const before = isInk.subarray(Math.max(0, from - apart), from);
    if (before.includes(1) && isInk.subarray(end, end + apart).includes(1))
      clear.fill(0, from, end);
    from = rules.indexOf(1, end);
  }
  return clear;
}

/** @param height of the line in columns. */
function piecesBetween(isInk: Uint8Array, rules: Uint8Array, height: number): Piece[] {
  const pieces: Piece[] = [];
  let last: Piece | undefined;
  for (const [column, ink] of isInk.entries()) {
    if (rules[column] === 1) last = undefined;
    else if (ink === 1) {
      if (last && column - last.to <= height * WIDEST_SPACE) last.to = column + 1;
      else pieces.push((last = { from: column, to: column + 1 }));
    }
  }
  return pieces;
}

/** Contrasts of print: few columns have more, such as those with rules or stains. */
export function typicalContrast(contrasts: Float32Array): number {
  return contrasts.toSorted()[Math.floor(contrasts.length * 0.9)] ?? 0;
}

export interface Columns {
  /** Pixels from one to the next. */
  step: number;
  /** So many lie before the start of the box. */
  reach: number;
  columns: number;
  /** Share of the box's height that is looked at. */
  core: number;
}

/** The difference of the brightest and the darkest sample of each column across the box. */
export function columnContrasts(
  { width, height, data, channels, origin, stride }: Picture,
  box: RotatedBox,
  { step, reach, columns, core }: Columns,
): Float32Array {
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  const contrasts = new Float32Array(columns);
  const apart = (box.height * core) / SAMPLES;
  // Green alone is close enough to what the eye sees as brightness.
  const start = origin + (channels >> 1);
  for (let column = 0; column < columns; column++) {
    const u = (column - reach + 0.5) * step - box.width / 2;
    const t = Math.min(1, Math.max(-1, (2 * u) / box.width));
    const first = (box.bow ? bowAt(box.bow, t) : 0) - apart * ((SAMPLES - 1) / 2);
    // Half a pixel more, for what follows cuts off.
    const startX = box.center.x + u * cos - first * sin + 0.5;
    const startY = box.center.y + u * sin + first * cos + 0.5;
    let [low, high] = [255, 0];
    for (let sample = 0; sample < SAMPLES; sample++) {
      const x = Math.floor(startX - sample * apart * sin);
      const y = Math.floor(startY + sample * apart * cos);
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const value = data[start + y * stride + x * channels] ?? 0;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    contrasts[column] = Math.max(0, high - low);
  }
  return contrasts;
}
