/**
 * A text that grows, in parts of which only the last one changes: what has been rendered of a long
 * page need not be rendered again with each word. Parts end at empty lines, outside of code.
 */

/** In characters: long enough to hold most lists and tables, short enough to be rendered in a frame. */
const PART_CHARS = 1_500;
const FENCE = /^ {0,3}(?:```|~~~)/gm;

export interface TextPart {
  /** Where in the text it begins. */
  start: number;
  text: string;
}

/** Joined they are the text. */
export function stableParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let start = 0;
  while (text.length - start > PART_CHARS) {
    const end = partEnd(text, start);
    if (end === undefined) break;
    parts.push({ start, text: text.slice(start, end) });
    start = end;
  }
  parts.push({ start, text: text.slice(start) });
  return parts;
}

/** After the first empty line that is far enough and leaves no code open. */
function partEnd(text: string, start: number): number | undefined {
  let at = text.indexOf("\n\n", start + PART_CHARS);
  while (at >= 0) {
    const fences = text.slice(start, at).match(FENCE)?.length ?? 0;
    // What stands at the very end may go on: a list, or a line of it.
    if (fences % 2 === 0 && at + 2 < text.length) return at + 2;
    at = text.indexOf("\n\n", at + 2);
  }
  return undefined;
}
