/** Pixels at another size, as the planes of floats that the models want. */
import { bowAt } from "./bow.ts";
import type { RotatedBox } from "./geometry.ts";
import type { Picture } from "./picture.ts";

/** What is subtracted from each channel (0–1), and what it is divided by then. */
export interface Normalization {
  mean: readonly [number, number, number];
  deviation: readonly [number, number, number];
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
  const stepU = box.width / width;
  const stepV = box.height / height;
  const samplesU = Math.max(1, Math.round(stepU));
  const samplesV = Math.max(1, Math.round(stepV));
  const samples = samplesU * samplesV;
  const { mean, deviation } = normalization;
  const { bow } = box;
  const scale = deviation.map((value) => 1 / (255 * samples * value));
  const shift = mean.map((value, channel) => value / (deviation[channel] ?? 1));
  const sum = new Float64Array(3);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      sum.fill(0);
      const bend = bow ? bowAt(bow, ((column + 0.5) / width) * 2 - 1) : 0;
      for (let sv = 0; sv < samplesV; sv++) {
        const v = (row + (sv + 0.5) / samplesV) * stepV - box.height / 2 + bend;
        for (let su = 0; su < samplesU; su++) {
          const u = (column + (su + 0.5) / samplesU) * stepU - box.width / 2;
          const x = box.center.x + u * cos - v * sin - 0.5;
          const y = box.center.y + u * sin + v * cos - 0.5;
          addSample(picture, x, y, sum);
        }
      }
      for (let channel = 0; channel < 3; channel++) {
        out[channel * plane + at] =
          (sum[channel] ?? 0) * (scale[channel] ?? 0) - (shift[channel] ?? 0);
      }
    }
  }
  return out;
}

/** Adds the bilinear sample at a point between the centres of pixels. */
function addSample(
  { width, height, data }: Picture,
  x: number,
  y: number,
  sum: Float64Array,
): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const shareX = x - left;
  const shareY = y - top;
  const x0 = Math.min(width - 1, Math.max(0, left));
  const x1 = Math.min(width - 1, Math.max(0, left + 1));
  const y0 = Math.min(height - 1, Math.max(0, top)) * width;
  const y1 = Math.min(height - 1, Math.max(0, top + 1)) * width;
  const a = (y0 + x0) * 3;
  const b = (y0 + x1) * 3;
  const c = (y1 + x0) * 3;
  const d = (y1 + x1) * 3;
  const wa = (1 - shareX) * (1 - shareY);
  const wb = shareX * (1 - shareY);
  const wc = (1 - shareX) * shareY;
  const wd = shareX * shareY;
  for (let channel = 0; channel < 3; channel++) {
    sum[channel] =
      (sum[channel] ?? 0) +
      (data[a + channel] ?? 0) * wa +
      (data[b + channel] ?? 0) * wb +
      (data[c + channel] ?? 0) * wc +
      (data[d + channel] ?? 0) * wd;
  }
}
