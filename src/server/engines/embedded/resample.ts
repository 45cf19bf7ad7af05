/** Pixels at another size, as the planes of floats that the models want. */
import { bowAt } from "./bow.ts";
import type { RotatedBox } from "./geometry.ts";
import type { Picture } from "./picture.ts";

/** What is subtracted from each channel (0–1), and what it is divided by then. */
export interface Normalization {
  mean: readonly [number, number, number];
  deviation: readonly [number, number, number];
}

/** Blue, green and red, or grey alone, which is normalised as blue is. */
export type Planes = 1 | 3;

/** Places are counted in these parts of a pixel: sums of integers take a third of the time. */
const PLACE_BITS = 16;
/** And so much of them decides between two pixels, to a level or so. */
const SHARE_BITS = 8;
const SHARES = 1 << SHARE_BITS;
/** Of blue, green and red in brightness (Rec. 601). */
const BRIGHTNESS = [0.114, 0.587, 0.299] as const;

/** How the samples of a row follow each other, between the centres of the picture's pixels. */
interface Walk {
  x: number;
  y: number;
  /** From one sample to the next one. */
  dx: number;
  dy: number;
  /** So many make a column. */
  samples: number;
}

/**
 * The part of the picture below a box, laid straight, at `width` by `height`. Bilinear; where the
 * picture is shrunk by more than a half, the mean of several samples. Outside the picture its edge
 * goes on. Pictures have up to 32 767 pixels a side.
 */
export function cropToTensor(
  picture: Picture,
  box: RotatedBox,
  width: number,
  height: number,
  normalization: Normalization,
  planes: Planes = 3,
): Float32Array {
  const plane = width * height;
  const out = new Float32Array(planes * plane);
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  const samples = Math.max(1, Math.round(box.width / width));
  const samplesV = Math.max(1, Math.round(box.height / height));
  const stepU = box.width / width / samples;
  const stepV = box.height / height / samplesV;
  const bends = bendsOf(box, width);
  const u = (stepU - box.width) / 2;
  for (let row = 0; row < height * samplesV; row++) {
    const v = (row + 0.5) * stepV - box.height / 2;
    const x = toPlace(box.center.x + u * cos - v * sin - 0.5);
    const y = toPlace(box.center.y + u * sin + v * cos - 0.5);
    const walk = { x, y, dx: toPlace(stepU * cos), dy: toPlace(stepU * sin), samples };
    const offset = Math.floor(row / samplesV) * width;
    for (let channel = 0; channel < picture.channels; channel++) {
      const to = planes === 1 ? offset : offset + channel * plane;
      const weight = planes < picture.channels ? (BRIGHTNESS[channel] ?? 0) : 1;
      addRow(picture, channel, walk, bends, out, to, weight);
    }
  }
  return normalizePlanes(out, planes, picture, samples * samplesV, normalization);
}

function toPlace(pixels: number): number {
  return Math.round(pixels * (1 << PLACE_BITS));
}

/** By how much each column is moved, so that it follows the line. */
interface Bends {
  x: Int32Array;
  y: Int32Array;
}

function bendsOf({ bow, angle }: RotatedBox, width: number): Bends {
  const bends = { x: new Int32Array(width), y: new Int32Array(width) };
  if (!bow) return bends;
  for (let column = 0; column < width; column++) {
    const bend = bowAt(bow, ((column + 0.5) / width) * 2 - 1);
    bends.x[column] = toPlace(-bend * Math.sin(angle));
    bends.y[column] = toPlace(bend * Math.cos(angle));
  }
  return bends;
}

/** Adds bilinear samples of a channel to a row. Here goes the time, so there are no calls and no objects. */
function addRow(
  { width, height, data, channels, stride, origin }: Picture,
  channel: number,
  { x: startX, y: startY, dx, dy, samples }: Walk,
  bends: Bends,
  out: Float32Array,
  offset: number,
  weight: number,
): void {
  const maxX = (width - 1) << PLACE_BITS;
  const maxY = (height - 1) << PLACE_BITS;
  const first = origin + channel;
  const columns = bends.x.length;
  const factor = weight / SHARES;
  let alongX = startX | 0;
  let alongY = startY | 0;
  for (let column = 0; column < columns; column++) {
    const bendX = bends.x[column] ?? 0;
    const bendY = bends.y[column] ?? 0;
    let sum = 0;
    for (let sample = 0; sample < samples; sample++) {
      const x = (alongX + bendX) | 0;
      const y = (alongY + bendY) | 0;
      const clearX = x < 0 ? 0 : x > maxX ? maxX : x;
      const clearY = y < 0 ? 0 : y > maxY ? maxY : y;
      const shareX = (clearX >> (PLACE_BITS - SHARE_BITS)) & (SHARES - 1);
      const shareY = (clearY >> (PLACE_BITS - SHARE_BITS)) & (SHARES - 1);
      const row = Math.imul(clearY >> PLACE_BITS, stride);
      const at = (first + row + Math.imul(clearX >> PLACE_BITS, channels)) | 0;
      // Beyond the last one stands the last one again.
      const right = clearX < maxX ? channels : 0;
      const below = clearY < maxY ? (at + stride) | 0 : at;
      const a = data[at] ?? 0;
      const c = data[below] ?? 0;
      const upper = (a << SHARE_BITS) + Math.imul((data[at + right] ?? 0) - a, shareX);
      const lower = (c << SHARE_BITS) + Math.imul((data[below + right] ?? 0) - c, shareX);
      sum = (sum + upper + (Math.imul(lower - upper, shareY) >> SHARE_BITS)) | 0;
      alongX = (alongX + dx) | 0;
      alongY = (alongY + dy) | 0;
    }
    out[offset + column] = (out[offset + column] ?? 0) + sum * factor;
  }
}

/**
 * In place: from sums of samples of 0–255 to what the model wants.
 *
 * @param out where the picture is grey its first plane is, and the others are made of that.
 */
export function normalizePlanes(
  out: Float32Array,
  planes: Planes,
  { channels }: Picture,
  samples: number,
  { mean, deviation }: Normalization,
): Float32Array {
  const plane = out.length / planes;
  // The first one comes last, for it may be what the others are made of.
  for (let channel = planes - 1; channel >= 0; channel--) {
    const factor = 1 / (255 * samples * (deviation[channel] ?? 1));
    const shift = (mean[channel] ?? 0) / (deviation[channel] ?? 1);
    const to = channel * plane;
    const from = channels === 1 ? 0 : to;
    for (let i = 0; i < plane; i++) out[to + i] = (out[from + i] ?? 0) * factor - shift;
  }
  return out;
}
