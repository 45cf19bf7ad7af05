/**
 * A text that grows, in parts of which only the last one changes: what has been rendered of a long
 * page need not be rendered again with each word. Parts end at empty lines, outside of code,
 * formulas and lists.
 */

/** In characters: long enough to hold most lists and tables, short enough to be rendered in a frame. */
const PART_CHARS = 1_000;
/** What has an end of its own: an odd number of fences, or of dollars, leaves it open. */
const FENCE = /^ {0,3}(?:```|~~~)/gm;
const DOLLARS = /\$\$/g;
const TABLE_BEGINS = /<table\b/gi;
const TABLE_ENDS = /<\/table\s*>/gi;

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

/** After the first empty line that is far enough, with something new behind it. */
function partEnd(text: string, start: number): number | undefined {
  let at = text.indexOf("\n\n", start + PART_CHARS);
  while (at >= 0) {
    const end = at + 2;
    // What is indented goes on with a list; and what stands at the very end may still be.
    const isNew = end < text.length && /\S/.test(text.charAt(end));
    if (isNew && isClosed(text.slice(start, end))) return end;
    at = text.indexOf("\n\n", at + 1);
  }
  return undefined;
}

/** Whether it leaves no code, formula or table open. */
function isClosed(part: string): boolean {
  const count = (pattern: RegExp): number => part.match(pattern)?.length ?? 0;
  return (
    count(FENCE) % 2 === 0 && count(DOLLARS) % 2 === 0 && count(TABLE_BEGINS) <= count(TABLE_ENDS)
  );
}
