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

/** @returns the bytes of a file from an offset on, or undefined where it ends before their last. */
export type ReadBytes = (offset: number, length: number) => DataView | undefined;

/**
 * Sizes of the pages of a TIFF up to `maxPages`, as stored (before the orientation tag). Ends where
 * the directories end, lead back or make no sense. Source: TIFF 6.0, section 2.
 */
export function tiffSizes(read: ReadBytes, maxPages: number): TiffPageSize[] {
  const header = read(0, 8);
  if (!header) return [];
  const little = header.getUint16(0) === 0x4949;
  const sizes: TiffPageSize[] = [];
  const seen = new Set<number>();
  let directory = header.getUint32(4, little);
  while (sizes.length < maxPages && directory >= 8 && !seen.has(directory)) {
    seen.add(directory);
    const length = (read(directory, 2)?.getUint16(0, little) ?? 0) * ENTRY_BYTES;
    const entries = read(directory + 2, length + 4);
    if (!entries) break;
    sizes.push(pageSize(entries, length, little));
    directory = entries.getUint32(length, little);
  }
  return sizes;
}

function pageSize(entries: DataView, length: number, little: boolean): TiffPageSize {
  const size = { width: 0, height: 0, orientation: 1 };
  for (let at = 0; at < length; at += ENTRY_BYTES) {
    const tag = entries.getUint16(at, little);
    const short = entries.getUint16(at + 2, little) === SHORT;
    const value = short ? entries.getUint16(at + 8, little) : entries.getUint32(at + 8, little);
    if (tag === IMAGE_WIDTH) size.width = value;
    if (tag === IMAGE_LENGTH) size.height = value;
    if (tag === ORIENTATION) size.orientation = value;
  }
  return size;
}

/** BigTIFF has version 43 where TIFF has 42. */
export function isBigTiff(read: ReadBytes): boolean {
  const header = read(0, 4);
  return header?.getUint8(2) === 43 || header?.getUint8(3) === 43;
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
