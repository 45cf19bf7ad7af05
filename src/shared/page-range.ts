/** Page selections as people type them: `1-3,7`. Pages count from 1. */

export class PageRangeError extends Error {
  override readonly name = "PageRangeError";
}

/** Longer selections are refused unread. */
const MAX_LENGTH = 1_000;

/** Inclusive ends; `to` is Infinity for an open range such as `5-`. */
export interface PageRange {
  from: number;
  to: number;
}

/**
 * Reads a selection such as `2`, `1-3,7`, `5-` (to the last page) or `-3` (from the first).
 *
 * @throws PageRangeError with a sentence for people.
 */
export function parsePageRanges(text: string): PageRange[] {
  if (text.length > MAX_LENGTH) {
    throw new PageRangeError(`The page selection is longer than ${MAX_LENGTH} characters.`);
  }
  return text.split(",").map((part) => {
    const match = /^\s*(?:(\d{1,6})|(\d{1,6})?\s*[-–]\s*(\d{1,6})?)\s*$/.exec(part);
    const [, single, first, last] = match ?? [];
    if (!match || (single ?? first ?? last) === undefined) {
      throw new PageRangeError(
        `"${part.trim().slice(0, 40)}" is not a page or a range of pages. Write for instance 1-3,7.`,
      );
    }
    const from = Number(single ?? first ?? 1);
    const to = Number(single ?? last ?? Number.POSITIVE_INFINITY);
    if (from < 1) throw new PageRangeError("Pages count from 1.");
    if (to < from) throw new PageRangeError(`The range ${part.trim()} ends before it begins.`);
    return { from, to };
  });
}

/**
 * The selected pages of a document, ascending, each once.
 *
 * @throws PageRangeError where a named page is not in the document.
 */
export function selectPages(ranges: PageRange[], pages: number): number[] {
  const selected = new Set<number>();
  for (const { from, to } of ranges) {
    const last = Number.isFinite(to) ? to : pages;
    if (from > pages || last > pages) {
      const missing = from > pages ? from : last;
      throw new PageRangeError(
        `Page ${missing} was asked for, but the document has ${pages === 1 ? "one page" : `${pages} pages`}.`,
      );
    }
    for (let page = from; page <= last; page++) selected.add(page);
  }
  return [...selected].sort((a, b) => a - b);
}
