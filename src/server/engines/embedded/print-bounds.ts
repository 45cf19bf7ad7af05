/**
 * The part of a page that is printed: margins are a quarter of most pages, and looking for text there
 * takes as long as anywhere else.
 */
import type { Picture } from "./picture.ts";

/** In pixels. */
export interface Part {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Levels of 255 between pixels of a row that lie so far apart; paper and its shades differ by less. */
const LEAST_STEP = 24;
const APART = 2;
/** Strokes are higher than one row. */
const ROWS_APART = 2;

/**
 * The smallest part outside of which no channel changes along a row as it does at strokes. Grain and
 * specks make it larger. Undefined where there is nothing.
 */
export function printBounds(picture: Picture): Part | undefined {
  const { width, height } = picture;
  const end = width - APART;
  const isBlank = (y: number): boolean => firstStep(picture, y, 0, end) === end;
  let top = 0;
  while (top < height && isBlank(top)) top += ROWS_APART;
  if (top >= height) return undefined;
  let bottom = height - 1;
  while (bottom > top && isBlank(bottom)) bottom -= ROWS_APART;
  let [left, right] = [end, 0];
  for (let y = top; y <= bottom; y += ROWS_APART) {
    // What lies between is known to be printed.
    left = firstStep(picture, y, 0, left);
    right = lastStep(picture, y, right, end);
  }
  return { left, top, width: right + APART - left + 1, height: bottom - top + 1 };
}

/** The first place from `from` at which a row changes; `end` where it does not before. */
function firstStep(picture: Picture, y: number, from: number, end: number): number {
  const { data, channels, origin, stride } = picture;
  const row = origin + y * stride;
  const until = row + end * channels;
  const apart = APART * channels;
  for (let at = row + from * channels; at < until; at++) {
    const step = (data[at] ?? 0) - (data[at + apart] ?? 0);
    if (step >= LEAST_STEP || step <= -LEAST_STEP) return Math.floor((at - row) / channels);
  }
  return end;
}

/** The last place before `end` at which a row changes; `from` where it does not behind that. */
function lastStep(picture: Picture, y: number, from: number, end: number): number {
  const { data, channels, origin, stride } = picture;
  const row = origin + y * stride;
  // `from` itself is known already.
  const until = row + (from + 1) * channels;
  const apart = APART * channels;
  for (let at = row + end * channels - 1; at >= until; at--) {
    const step = (data[at] ?? 0) - (data[at + apart] ?? 0);
    if (step >= LEAST_STEP || step <= -LEAST_STEP) return Math.floor((at - row) / channels);
  }
  return from;
}
