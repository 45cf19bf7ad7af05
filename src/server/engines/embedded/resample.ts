/** Pixels at another size, as the planes of floats that the models want. */
import { bowAt } from "./bow.ts";
import type { RotatedBox } from "./geometry.ts";
import type { Picture } from "./picture.ts";

/** What is subtracted from each channel (0–1), and what it is divided by then. */
export interface Normalization {
  mean: readonly [number, number, number];
  deviation: readonly [number, number, number];
}

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
 * goes on.
 */
export function cropToTensor(
  picture: Picture,
  box: RotatedBox,
  width: number,
  height: number,
  normalization: Normalization,
): Float32Array {
  const plane = width * height;
  const out = new Float32Array(3 * plane);
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  const samplesU = Math.max(1, Math.round(box.width / width));
  const samplesV = Math.max(1, Math.round(box.height / height));
  const stepU = box.width / width / samplesU;
  const stepV = box.height / height / samplesV;
  const { bendsX, bendsY } = bendsOf(box, width);
  const walk: Walk = { x: 0, y: 0, dx: stepU * cos, dy: stepU * sin, samples: samplesU };
  const u = (stepU - box.width) / 2;
  for (let row = 0; row < height * samplesV; row++) {
    const v = (row + 0.5) * stepV - box.height / 2;
    walk.x = box.center.x + u * cos - v * sin - 0.5;
    walk.y = box.center.y + u * sin + v * cos - 0.5;
    addRow(picture, walk, bendsX, bendsY, out, Math.floor(row / samplesV) * width);
  }
  return toPlanes(out, picture, samplesU * samplesV, normalization);
}

/** By how much each column is moved, so that it follows the line. */
function bendsOf(
  { bow, angle }: RotatedBox,
  width: number,
): { bendsX: Float64Array; bendsY: Float64Array } {
  const bendsX = new Float64Array(width);
  const bendsY = new Float64Array(width);
  if (!bow) return { bendsX, bendsY };
  for (let column = 0; column < width; column++) {
    const bend = bowAt(bow, ((column + 0.5) / width) * 2 - 1);
    bendsX[column] = -bend * Math.sin(angle);
    bendsY[column] = bend * Math.cos(angle);
  }
  return { bendsX, bendsY };
}

/** Adds bilinear samples to a row. Here goes the time, so there are no calls and no objects. */
function addRow(
  { width, height, data, isGrey = false }: Picture,
  { x: startX, y: startY, dx, dy, samples }: Walk,
  bendsX: Float64Array,
  bendsY: Float64Array,
  out: Float32Array,
  offset: number,
): void {
  const plane = out.length / 3;
  const maxX = width - 1;
  const maxY = height - 1;
  const columns = bendsX.length;
  let at = 0;
  for (let column = 0; column < columns; column++) {
    const bendX = startX + (bendsX[column] ?? 0);
    const bendY = startY + (bendsY[column] ?? 0);
    let blue = 0;
    let green = 0;
    let red = 0;
    for (let sample = 0; sample < samples; sample++, at++) {
      const x = bendX + at * dx;
      const y = bendY + at * dy;
      const clearX = x < 0 ? 0 : x > maxX ? maxX : x;
      const clearY = y < 0 ? 0 : y > maxY ? maxY : y;
      const left = clearX | 0;
      const top = clearY | 0;
      const shareX = clearX - left;
      const shareY = clearY - top;
      const a = (top * width + left) * 3;
      // Beyond the last one stands the last one again.
      const b = left < maxX ? a + 3 : a;
      const down = top < maxY ? width * 3 : 0;
      const wd = shareX * shareY;
      const wc = shareY - wd;
      const wb = shareX - wd;
      const wa = 1 - shareX - wc;
      blue += level(data, a) * wa + level(data, b) * wb;
      blue += level(data, a + down) * wc + level(data, b + down) * wd;
      if (isGrey) continue;
      green += level(data, a + 1) * wa + level(data, b + 1) * wb;
      green += level(data, a + down + 1) * wc + level(data, b + down + 1) * wd;
      red += level(data, a + 2) * wa + level(data, b + 2) * wb;
      red += level(data, a + down + 2) * wc + level(data, b + down + 2) * wd;
    }
    const to = offset + column;
    out[to] = (out[to] ?? 0) + blue;
    if (isGrey) continue;
    out[to + plane] = (out[to + plane] ?? 0) + green;
    out[to + 2 * plane] = (out[to + 2 * plane] ?? 0) + red;
  }
}

/** Small enough to be made part of the loop. */
function level(data: Uint8Array, index: number): number {
  return data[index] ?? 0;
}

/**
 * In place: from the sum of samples of 0–255 to what the model wants.
 *
 * @param out three planes; of grey pictures the first alone.
 */
export function toPlanes(
  out: Float32Array,
  { isGrey = false }: Picture,
  samples: number,
  { mean, deviation }: Normalization,
): Float32Array {
  const plane = out.length / 3;
  if (isGrey) {
    out.copyWithin(plane, 0, plane);
    out.copyWithin(2 * plane, 0, plane);
  }
  for (let channel = 0; channel < 3; channel++) {
    const factor = 1 / (255 * samples * (deviation[channel] ?? 1));
    const shift = (mean[channel] ?? 0) / (deviation[channel] ?? 1);
    const end = (channel + 1) * plane;
    for (let i = channel * plane; i < end; i++) out[i] = (out[i] ?? 0) * factor - shift;
  }
  return out;
}
