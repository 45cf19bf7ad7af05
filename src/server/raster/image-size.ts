/**
 * The pixels that a TIFF or JPEG 2000 file says it has, page by page, read from its headers: mupdf
 * would decode it first and ask then.
 */

export interface PixelSize {
  width: number;
  height: number;
}

export interface TiffPageSize extends PixelSize {
  /** 1 to 8, 1 where the page has none. */
  orientation: number;
}

const IMAGE_WIDTH = 256;
const IMAGE_LENGTH = 257;
const ORIENTATION = 274;
const SHORT = 3;
const ENTRY_BYTES = 12;

/**
 * Sizes of the pages of a TIFF up to `maxPages`, as stored (before the orientation tag). Ends where
 * the directories end, lead back or make no sense. Source: TIFF 6.0, section 2.
 */
export function tiffSizes(bytes: Uint8Array, maxPages: number): TiffPageSize[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 8) return [];
  const little = view.getUint16(0) === 0x4949;
  const sizes: TiffPageSize[] = [];
  const seen = new Set<number>();
  let directory = view.getUint32(4, little);
  while (sizes.length < maxPages && directory >= 8 && directory + 2 <= view.byteLength) {
    if (seen.has(directory)) break;
    seen.add(directory);
    const entries = view.getUint16(directory, little);
    const next = directory + 2 + entries * ENTRY_BYTES;
    if (next + 4 > view.byteLength) break;
    const size = { width: 0, height: 0, orientation: 1 };
    for (let entry = directory + 2; entry < next; entry += ENTRY_BYTES) {
      const tag = view.getUint16(entry, little);
      const short = view.getUint16(entry + 2, little) === SHORT;
      const value = short ? view.getUint16(entry + 8, little) : view.getUint32(entry + 8, little);
      if (tag === IMAGE_WIDTH) size.width = value;
      if (tag === IMAGE_LENGTH) size.height = value;
      if (tag === ORIENTATION) size.orientation = value;
    }
    sizes.push(size);
    directory = view.getUint32(next, little);
  }
  return sizes;
}

export function isBigTiff(bytes: Uint8Array): boolean {
  return bytes[2] === 43 || bytes[3] === 43;
}

const SOC_SIZ = 0xff_4f_ff_51;

/** From the SIZ marker of the codestream, which comes first in it. Source: ITU-T T.800, A.5.1. */
export function jp2Size(bytes: Uint8Array): PixelSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = bytes.indexOf(0xff); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    if (at + 24 > bytes.length) return undefined;
    if (view.getUint32(at) !== SOC_SIZ) continue;
    return {
      width: view.getUint32(at + 8) - view.getUint32(at + 16),
      height: view.getUint32(at + 12) - view.getUint32(at + 20),
    };
  }
  return undefined;
}
