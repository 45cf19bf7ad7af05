/** What kind of file it is, told by its first bytes. Names and declared types are never looked at. */
import type { FileType } from "../../shared/file-types.ts";

/** As much of a file as `sniffFileType` looks at. */
export const SNIFF_BYTES = 2048;

/** Readers look for the PDF header in the first 1024 bytes (ISO 32000-1, annex H, note 13). */
const PDF_HEADER_WITHIN = 1024;

interface Signature {
  type: FileType;
  /** Each at its offset. */
  at: [offset: number, bytes: readonly number[]][];
}

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

const signatures: Signature[] = [
  { type: "png", at: [[0, [0x89, ...ascii("PNG"), 0x0d, 0x0a, 0x1a, 0x0a]]] },
  { type: "jpeg", at: [[0, [0xff, 0xd8, 0xff]]] },
  {
    type: "webp",
    at: [
      [0, ascii("RIFF")],
      [8, ascii("WEBP")],
    ],
  },
  { type: "gif", at: [[0, ascii("GIF87a")]] },
  { type: "gif", at: [[0, ascii("GIF89a")]] },
  { type: "tiff", at: [[0, [...ascii("II"), 42, 0]]] },
  { type: "tiff", at: [[0, [...ascii("MM"), 0, 42]]] },
  // BigTIFF
  { type: "tiff", at: [[0, [...ascii("II"), 43, 0, 8, 0]]] },
  { type: "tiff", at: [[0, [...ascii("MM"), 0, 43, 0, 8]]] },
  // JPEG 2000: the signature box, and a bare codestream (SOC then SIZ)
  { type: "jp2", at: [[0, [0, 0, 0, 12, ...ascii("jP  "), 0x0d, 0x0a, 0x87, 0x0a]]] },
  { type: "jp2", at: [[0, [0xff, 0x4f, 0xff, 0x51]]] },
];

/**
 * @param head the first `SNIFF_BYTES` of the file, or all of a shorter one.
 * @returns undefined for every kind of file that cannot be read.
 */
export function sniffFileType(head: Uint8Array): FileType | undefined {
  const found = signatures.find(({ at }) =>
    at.every(([offset, bytes]) => bytes.every((byte, i) => head[offset + i] === byte)),
  );
  if (found) return found.type;
  if (isBmp(head)) return "bmp";
  if (hasPdfHeader(head)) return "pdf";
  return undefined;
}

/** `BM` alone begins many texts, so the size of the second header has to be a known one, too. */
function isBmp(head: Uint8Array): boolean {
  if (head[0] !== 0x42 || head[1] !== 0x4d || head.length < 18) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(view.getUint32(14, true));
}

/**
 * `%PDF` anywhere near the start, whatever comes before it; or a header that lost its `PDF` and is
 * still followed by a first object, which repair can read.
 */
function hasPdfHeader(head: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(head.subarray(0, PDF_HEADER_WITHIN));
  return text.includes("%PDF") || /^%\d\.\d[^]{0,64}?\d+ \d+ obj\b/.test(text);
}
