/** Which pages of a document somebody wants, as text: `1-3,7`, `8-`; nothing means all. */
import { PageRangeError, parsePageRanges, selectPages } from "../../shared/page-range.ts";
import { AppError } from "../errors.ts";

export type PageRanges = ReturnType<typeof parsePageRanges>;

/** @throws AppError pages_invalid. */
export function readPageRanges(text: string | undefined): PageRanges | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  try {
    return parsePageRanges(text);
  } catch (error) {
    if (error instanceof PageRangeError) throw new AppError("pages_invalid", error.message);
    throw error;
  }
}

/**
 * @returns their numbers, ascending.
 * @throws AppError pages_out_of_range, too_many_pages.
 */
export function selectFrom(
  ranges: PageRanges | undefined,
  pages: number,
  maxPages: number,
): number[] {
  try {
    const selected = selectPages(ranges ?? [{ from: 1, to: pages }], pages);
    if (selected.length <= maxPages) return selected;
    throw new AppError(
      "too_many_pages",
      `${selected.length} pages are more than the ${maxPages} that are read at once. Choose some with the field "pages", for instance 1-${maxPages}.`,
    );
  } catch (error) {
    if (error instanceof PageRangeError) throw new AppError("pages_out_of_range", error.message);
    throw error;
  }
}
