/** What a JPEG tells in its markers, and the JPEG without its metadata. Source: ITU-T T.81, annex B. */

export interface JpegHeader {
  width: number;
  height: number;
  /** 1 grey, 3 colour, 4 CMYK. */
  components: number;
  /** EXIF orientation, 1 to 8; 1 where there is none. */
  orientation: number;
  /** Whether every decoder reads it: Huffman-coded, 8 bits, baseline or progressive, complete. */
  common: boolean;
  /** Bytes from the start to the end marker that count: no EXIF, no thumbnail, no comment. */
  segments: Uint8Array[];
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;
/** Start of frame: every SOFn but DHT, JPG and DAC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
/** Baseline, extended sequential and progressive, each Huffman-coded. */
const COMMON_FRAMES = new Set([0xc0, 0xc1, 0xc2]);

/** @returns undefined where the markers make no sense or there is no frame before the first scan. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
  const header: JpegHeader = {
    width: 0,
    height: 0,
    components: 0,
    orientation: 1,
    common: false,
    segments: [bytes.subarray(0, 2)],
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) return undefined;
    if (marker === SOS) return finish(header, bytes, at);
    if (isFrame(marker)) {
      if (end < at + 10) return undefined;
      header.height = view.getUint16(at + 5);
      header.width = view.getUint16(at + 7);
      header.components = bytes[at + 9] ?? 0;
      header.common = COMMON_FRAMES.has(marker) && bytes[at + 4] === 8;
    }
    if (marker === APP1) header.orientation = exifOrientation(bytes.subarray(at + 4, end));
    if (isPicture(marker)) header.segments.push(bytes.subarray(at, end));
    at = end;
  }
  return undefined;
}

/** JFIF and Adobe markers say what the colours mean; the other application data is metadata. */
function isPicture(marker: number): boolean {
  if (marker === APP0 || marker === APP14) return true;
  return marker !== COM && (marker < APP0 || marker > APP15);
}

function finish(header: JpegHeader, bytes: Uint8Array, scan: number): JpegHeader | undefined {
  if (header.width === 0 || header.height === 0) return undefined;
  const end = endOfImage(bytes, scan);
  header.common &&= end !== undefined;
  header.segments.push(bytes.subarray(scan, end));
  return header;
}

/**
 * Just behind the end marker of the first image. Inside entropy-coded data 0xff is always followed
 * by 0 or a restart marker; between the scans of a progressive JPEG there are segments to skip.
 */
function endOfImage(bytes: Uint8Array, scan: number): number | undefined {
  let at = scan;
  while (at !== -1 && at + 1 < bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === EOI) return at + 2;
    const inScan = marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7);
    const length = inScan ? 1 : 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    at = bytes.indexOf(0xff, at + length);
  }
  return undefined;
}

/** The JPEG itself, without EXIF (places, names, times), thumbnails, comments and what follows it. */
export function withoutMetadata(header: JpegHeader): Uint8Array {
  return Buffer.concat(header.segments);
}

const ORIENTATION_TAG = 0x0112;

/** @param data of an APP1 segment: `Exif`, two zeros, a TIFF header and a directory. */
function exifOrientation(data: Uint8Array): number {
  if (data.length < 14 || Buffer.from(data.subarray(0, 4)).toString("latin1") !== "Exif") return 1;
  const tiff = new DataView(data.buffer, data.byteOffset + 6, data.byteLength - 6);
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return 1;
  const entries = tiff.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(entry, little) !== ORIENTATION_TAG) continue;
    const value = tiff.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
