/** A look at a GIF's blocks. Source: GIF89a specification, sections 18 to 24. */
import { failure } from "./failures.ts";

const EXTENSION = 0x21;
const IMAGE = 0x2c;
/** Blocks looked at: more frames than any picture worth reading has. */
const MAX_BLOCKS = 10_000;

/**
 * Only the first frame is read; yet a file whose frames lie outside its canvas was made to make
 * decoders allocate more than the canvas, and is refused.
 *
 * @throws AppError file_damaged.
 */
export function checkGifFrames(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 13) throw failure("file_damaged");
  const width = view.getUint16(6, true);
  const height = view.getUint16(8, true);
  let at = 13 + colorTableBytes(bytes[10] ?? 0);
  for (let block = 0; block < MAX_BLOCKS && at < bytes.length; block++) {
    if (bytes[at] === IMAGE && at + 10 <= bytes.length) {
      const right = view.getUint16(at + 1, true) + view.getUint16(at + 5, true);
      const bottom = view.getUint16(at + 3, true) + view.getUint16(at + 7, true);
      if (right > width || bottom > height) throw failure("file_damaged");
      at = skipSubBlocks(bytes, at + 11 + colorTableBytes(bytes[at + 9] ?? 0));
    } else if (bytes[at] === EXTENSION) {
      at = skipSubBlocks(bytes, at + 2);
    } else {
      return;
    }
  }
}

function colorTableBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

function skipSubBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] ?? 0);
  return at + 1;
}
