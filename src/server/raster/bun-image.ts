/** Pictures decoded by `Bun.Image`, off-thread and with SIMD, into plain pixels on white. */
import { inflateSync } from "node:zlib";
import type { Bitmap } from "./bitmap.ts";

export interface Decoded {
  bitmap: Bitmap;
  /** Whether every pixel was opaque. */
  opaque: boolean;
}

/**
 * Runs the picture's pipeline and flattens what comes out on white. `Bun.Image` gives no raw pixels,
 * but its PNG of level 0 is just that: 8-bit RGBA rows without filter or compression.
 */
export async function toBitmap(image: Bun.Image): Promise<Decoded> {
  const png = await image.png({ compressionLevel: 0 }).bytes();
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  const [depth, colorType, , filter, interlaced] = png.subarray(24, 29);
  if (depth !== 8 || colorType !== 6 || filter !== 0 || interlaced !== 0) {
    throw new Error("the PNG of Bun.Image is not 8-bit RGBA");
  }
  return flatten(imageData(png, view), width, height);
}

function imageData(png: Uint8Array, view: DataView): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 8; at + 12 <= png.length;) {
    const length = view.getUint32(at);
    const isData = view.getUint32(at + 4) === 0x49_44_41_54;
    if (isData) parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return inflateSync(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
}

function flatten(rgba: Uint8Array, width: number, height: number): Decoded {
  const data = new Uint8Array(width * height * 3);
  let opaque = true;
  let at = 0;
  let out = 0;
  for (let y = 0; y < height; y++) {
    if (rgba[at++] !== 0) throw new Error("the PNG of Bun.Image is filtered");
    for (let x = 0; x < width; x++, at += 4, out += 3) {
      const alpha = rgba[at + 3] ?? 0;
      if (alpha === 255) {
        data[out] = rgba[at + 2] ?? 0;
        data[out + 1] = rgba[at + 1] ?? 0;
        data[out + 2] = rgba[at] ?? 0;
        continue;
      }
      opaque = false;
      const white = 255 * (255 - alpha);
      for (let c = 0; c < 3; c++) {
        data[out + c] = Math.round(((rgba[at + 2 - c] ?? 0) * alpha + white) / 255);
      }
    }
  }
  return { bitmap: { width, height, data }, opaque };
}
