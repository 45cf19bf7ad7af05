/** Pixels between decoder and encoder, and what can be told from them. */
import { Scratch } from "./scratch.ts";

/** Three bytes a pixel: blue, green, red; rows from the top, packed. */
export interface Bitmap {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Levels of 255 that two pixels of one colour may differ by: less than the faintest pencil. */
const BLANK_TOLERANCE = 3;

/** Whether all pixels have one colour. A single full stop makes a page not blank. */
export function isBlank({ data }: Bitmap): boolean {
  const low = [255, 255, 255];
  const high = [0, 0, 0];
  for (let i = 0; i < data.length; i += 3) {
    for (let c = 0; c < 3; c++) {
      const value = data[i + c] ?? 0;
      if (value < (low[c] ?? 0)) low[c] = value;
      if (value > (high[c] ?? 0)) high[c] = value;
      if ((high[c] ?? 0) - (low[c] ?? 0) > BLANK_TOLERANCE) return false;
    }
  }
  return true;
}

/** Whether red, green and blue are the same everywhere. */
export function isGray({ data }: Bitmap): boolean {
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  }
  return true;
}

const BMP_HEADER = 54;
const GREYS = 256;

/**
 * A 24-bit BMP: BITMAPINFOHEADER, rows from the bottom, each padded to four bytes.
 *
 * @param scratch where to put it; memory of its own where left out.
 */
export function toBmp(
  { width, height, data }: Bitmap,
  scratch = new Scratch(),
): Uint8Array<ArrayBuffer> {
  const row = width * 3;
  const { bytes, start, stride } = startBmp(width, height, 24, scratch);
  for (let y = 0; y < height; y++) {
    bytes.set(data.subarray(y * row, (y + 1) * row), start + (height - 1 - y) * stride);
  }
  return bytes;
}

/** The same of a grey one, with 8 bits a pixel and a palette: a third of the bytes. */
export function toGreyBmp(
  { width, height, data }: Bitmap,
  scratch = new Scratch(),
): Uint8Array<ArrayBuffer> {
  const { bytes, start, stride } = startBmp(width, height, 8, scratch);
  for (let grey = 0; grey < GREYS; grey++) {
    bytes.set([grey, grey, grey, 0], BMP_HEADER + 4 * grey);
  }
  for (let y = 0, from = 0; y < height; y++) {
    const row = start + (height - 1 - y) * stride;
    for (let x = 0; x < width; x++, from += 3) bytes[row + x] = data[from] ?? 0;
  }
  return bytes;
}

/** Writes the header. @returns where the pixels begin, and the bytes of a row of them. */
function startBmp(
  width: number,
  height: number,
  bits: 8 | 24,
  scratch: Scratch,
): { bytes: Uint8Array<ArrayBuffer>; start: number; stride: number } {
  const stride = ((width * bits) / 8 + 3) & ~3;
  const start = bits === 8 ? BMP_HEADER + 4 * GREYS : BMP_HEADER;
  const bytes = scratch.take(start + stride * height);
  const view = new DataView(bytes.buffer);
  // What the page before left in the fields that are not named here is 0, too.
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, start, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, bits, true);
  view.setUint32(34, stride * height, true);
  return { bytes, start, stride };
}

/**
 * The size of a page of `width` by `height` (any unit) whose longer side gets `longest` pixels. The
 * shorter side never falls under one pixel, so that the thinnest strip still is a picture.
 */
export function fitLongestSide(
  width: number,
  height: number,
  longest: number,
): { width: number; height: number } {
  const scale = longest / Math.max(width, height);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/**
 * The picture upright, given the orientation that it is stored with. Source: TIFF 6.0, tag 274.
 *
 * @param orientation 1 to 8; all other numbers leave it as it is.
 */
export function upright(bitmap: Bitmap, orientation: number): Bitmap {
  if (orientation < 2 || orientation > 8) return bitmap;
  const { data } = bitmap;
  const onSide = orientation >= 5;
  const width = onSide ? bitmap.height : bitmap.width;
  const height = onSide ? bitmap.width : bitmap.height;
  const right = bitmap.width - 1;
  const bottom = bitmap.height - 1;
  const flipX = [2, 3, 7, 8].includes(orientation);
  const flipY = [3, 4, 6, 7].includes(orientation);
  const out = new Uint8Array(data.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const column = onSide ? y : x;
      const row = onSide ? x : y;
      const from =
        ((flipY ? bottom - row : row) * bitmap.width + (flipX ? right - column : column)) * 3;
      out[at] = data[from] ?? 0;
      out[at + 1] = data[from + 1] ?? 0;
      out[at + 2] = data[from + 2] ?? 0;
    }
  }
  return { width, height, data: out };
}
