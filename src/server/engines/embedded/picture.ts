/** The page's pixels, as the steps of the engine pass them on. */
import type { PageImage } from "../../page-image.ts";

/** The pixel at (x, y), from the left and the top, begins at `data[origin + y * stride + x * channels]`. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array;
  /** Bytes a pixel: blue, green, red; or grey alone. */
  channels: 1 | 3;
  /** Where the uppermost row begins. */
  origin: number;
  /** Bytes from a row to the one below it; less than 0 where rows are stored from the bottom. */
  stride: number;
}

/** Where a BMP says at which byte its pixels begin, and how many bits each has. */
const BMP_PIXELS = 10;
const BMP_BITS = 28;
const BMP_HEADER = 54;

/**
 * The pixels of the BMP that the raster makes, where they are.
 *
 * @throws Error where the bytes are no such BMP.
 */
export function readBmp({ bytes, width, height }: PageImage): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] !== 0x42 || bytes[1] !== 0x4d || bytes.length < BMP_HEADER) throw incomplete();
  const channels = view.getUint16(BMP_BITS, true) === 8 ? 1 : 3;
  const start = view.getUint32(BMP_PIXELS, true);
  // Rows are padded to four bytes.
  const row = (width * channels + 3) & ~3;
  if (bytes.length < start + row * height) throw incomplete();
  return { width, height, data: bytes, channels, origin: start + (height - 1) * row, stride: -row };
}

function incomplete(): Error {
  return new Error("the page picture is no complete BMP");
}

/** Of rows from the top, without anything between them. */
export function packedPicture(
  width: number,
  height: number,
  data: Uint8Array,
  channels: 1 | 3 = 3,
): Picture {
  return { width, height, data, channels, origin: 0, stride: width * channels };
}
