/** The page's pixels, as the steps of the engine pass them on. */
import type { PageImage } from "../../page-image.ts";

/** Three bytes a pixel: blue, green, red; rows from the top, packed. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array;
  /** Whether all pixels are known to be grey, so that one channel tells all three. */
  isGrey?: boolean;
}

const BMP_HEADER = 54;

/**
 * Unpacks the BMP that the raster makes: 24 bits, from the bottom, rows padded to four bytes.
 *
 * @throws Error where the bytes are no such BMP.
 */
export function decodeBmp({ bytes, width, height }: PageImage): Picture {
  const row = width * 3;
  const stride = (row + 3) & ~3;
  if (bytes[0] !== 0x42 || bytes[1] !== 0x4d || bytes.length < BMP_HEADER + stride * height) {
    throw new Error("the page picture is no complete BMP");
  }
  const data = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) {
    const from = BMP_HEADER + (height - 1 - y) * stride;
    data.set(bytes.subarray(from, from + row), y * row);
  }
  return { width, height, data, isGrey: isGrey(data) };
}

function isGrey(data: Uint8Array): boolean {
  for (let at = 0; at < data.length; at += 3) {
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return false;
  }
  return true;
}
