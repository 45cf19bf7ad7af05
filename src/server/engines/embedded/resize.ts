/** A picture at another size: each pixel the mean of those it covers, or between four. */
import type { Picture } from "./picture.ts";
import type { Part } from "./print-bounds.ts";
import { type Normalization, normalizePlanes } from "./resample.ts";

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
 * @returns values that are valid until the next call.
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
  const out = roomFor(3 * width * height);
  for (let channel = 0; channel < picture.channels; channel++) {
    const plane = out.subarray(channel * width * height, (channel + 1) * width * height);
    resizeChannel(picture, channel, across, down, plane);
  }
  return normalizePlanes(out, 3, picture, 1, normalization);
}

/** Fresh memory, some 12 MB a page, takes the system as long as it takes to fill it. */
let room = new Float32Array(0);

function roomFor(values: number): Float32Array {
  if (room.length < values) room = new Float32Array(values);
  return room.subarray(0, values);
}

function resizeChannel(
  picture: Picture,
  channel: number,
  across: Taps,
  down: Taps,
  out: Float32Array,
): void {
  const width = across.starts.length;
  // Neighbouring rows share some of the picture's rows, each resized once.
  const rows = Array.from({ length: down.count }, () => new Float32Array(width));
  let done = -1;
  for (let y = 0; y < down.starts.length; y++) {
    const start = down.starts[y] ?? 0;
    for (let from = Math.max(done + 1, start); from < start + down.count; from++) {
      const row = rows[from % down.count];
      if (row) resizeRow(picture, from, channel, across, row);
      done = from;
    }
    for (let tap = 0; tap < down.count; tap++) {
      const row = rows[(start + tap) % down.count];
      if (row) addRow(out, y * width, row, down.weights[y * down.count + tap] ?? 0, tap === 0);
    }
  }
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
  { data, channels, origin, stride }: Picture,
  y: number,
  channel: number,
  { count, starts, weights }: Taps,
  row: Float32Array,
): void {
  const first = origin + y * stride + channel;
  let at = 0;
  for (let x = 0; x < row.length; x++) {
    let from = first + (starts[x] ?? 0) * channels;
    let sum = 0;
    for (const end = at + count; at < end; at++, from += channels) {
      sum += (data[from] ?? 0) * (weights[at] ?? 0);
    }
    row[x] = sum;
  }
}

/** @param isFirst what is there already is of the picture before. */
function addRow(
  out: Float32Array,
  offset: number,
  row: Float32Array,
  weight: number,
  isFirst: boolean,
): void {
  for (let x = 0; x < row.length; x++) {
    const before = isFirst ? 0 : (out[offset + x] ?? 0);
    out[offset + x] = before + (row[x] ?? 0) * weight;
  }
}
