/** A picture at another size: each pixel the mean of those it covers, or between four. */
import type { Picture } from "./picture.ts";
import type { Part } from "./print-bounds.ts";
import { type Normalization, toPlanes } from "./resample.ts";

/** Which pixels of a side a pixel of the other size is made of, and by how much each. */
interface Taps {
  /** How many for each pixel. */
  count: number;
  /** The first of each. */
  starts: Int32Array;
  /** `count` for each; together 1. */
  weights: Float32Array;
}

/**
 * Blue plane, green plane, red plane. First along the rows, then across them: an eighth of the work
 * of sampling each pixel by itself.
 *
 * @param size of the whole picture.
 * @param part of that, which is all that is made.
 */
export function toTensor(
  picture: Picture,
  size: { width: number; height: number },
  part: Part,
  normalization: Normalization,
): Float32Array {
  const { width, height } = part;
  const across = tapsOf(picture.width, size.width, part.left, width);
  const down = tapsOf(picture.height, size.height, part.top, height);
  const out = new Float32Array(3 * width * height);
  // Neighbouring rows share some of the picture's rows, each resized once.
  const rows = Array.from({ length: down.count }, () => new Float32Array(3 * width));
  let done = -1;
  for (let y = 0; y < height; y++) {
    const start = down.starts[y] ?? 0;
    for (let from = Math.max(done + 1, start); from < start + down.count; from++) {
      const row = rows[from % down.count];
      if (row) resizeRow(picture, from, across, row);
      done = from;
    }
    for (let tap = 0; tap < down.count; tap++) {
      const row = rows[(start + tap) % down.count];
      if (!row) continue;
      const weight = down.weights[y * down.count + tap] ?? 0;
      addRow(out, y * width, row, weight, picture.isGrey === true);
    }
  }
  return toPlanes(out, picture, 1, normalization);
}

/** Of `length` pixels from `first` on, of a side of `from` pixels that becomes one of `to`. */
function tapsOf(from: number, to: number, first: number, length: number): Taps {
  const scale = from / to;
  const count = Math.min(from, Math.max(2, Math.ceil(scale) + 1));
  const starts = new Int32Array(length);
  const weights = new Float32Array(length * count);
  for (let i = 0; i < length; i++) {
    const middle = (first + i + 0.5) * scale;
    const reach = Math.max(1, scale);
    const start = Math.min(from - count, Math.max(0, Math.floor(middle - reach / 2)));
    starts[i] = start;
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      // How much of the pixel lies in the stretch of `reach` around the middle.
      const left = Math.max(start + tap, middle - reach / 2);
      const right = Math.min(start + tap + 1, middle + reach / 2);
      const weight = Math.max(0, right - left);
      weights[i * count + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap++) {
      const at = i * count + tap;
      weights[at] = (weights[at] ?? 0) / sum;
    }
  }
  return { count, starts, weights };
}

function resizeRow(
  { width, data, isGrey = false }: Picture,
  y: number,
  { count, starts, weights }: Taps,
  row: Float32Array,
): void {
  const base = y * width * 3;
  for (let x = 0; x < starts.length; x++) {
    let blue = 0;
    let green = 0;
    let red = 0;
    let at = base + (starts[x] ?? 0) * 3;
    for (let tap = x * count; tap < (x + 1) * count; tap++, at += 3) {
      const weight = weights[tap] ?? 0;
      blue += (data[at] ?? 0) * weight;
      if (isGrey) continue;
      green += (data[at + 1] ?? 0) * weight;
      red += (data[at + 2] ?? 0) * weight;
    }
    row[x * 3] = blue;
    if (isGrey) continue;
    row[x * 3 + 1] = green;
    row[x * 3 + 2] = red;
  }
}

function addRow(
  out: Float32Array,
  offset: number,
  row: Float32Array,
  weight: number,
  isGrey: boolean,
): void {
  const plane = out.length / 3;
  const width = row.length / 3;
  for (let x = 0; x < width; x++) {
    const at = offset + x;
    out[at] = (out[at] ?? 0) + (row[x * 3] ?? 0) * weight;
    if (isGrey) continue;
    out[at + plane] = (out[at + plane] ?? 0) + (row[x * 3 + 1] ?? 0) * weight;
    out[at + 2 * plane] = (out[at + 2 * plane] ?? 0) + (row[x * 3 + 2] ?? 0) * weight;
  }
}
