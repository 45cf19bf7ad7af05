import { describe, expect, test } from "bun:test";
import { PageRangeError, parsePageRanges, selectPages } from "./page-range.ts";

const select = (text: string, pages: number): number[] => selectPages(parsePageRanges(text), pages);

describe("page selection", () => {
  test.each([
    ["1-3,7", [1, 2, 3, 7]],
    ["7,1-3", [1, 2, 3, 7]],
    [" 2 , 4 - 5 ", [2, 4, 5]],
    ["8-", [8, 9, 10]],
    ["-2", [1, 2]],
    ["3,3,2-4", [2, 3, 4]],
    ["1–3", [1, 2, 3]],
  ])("%p selects pages of a ten-page document", (text, pages) => {
    expect(select(text, 10)).toEqual(pages);
  });

  test.each(["", "a", "1,,2", "0", "3-1", "1-2-3", "-", "1.5", "٣", "1;2", "9".repeat(7)])(
    "%p is refused",
    (text) => {
      expect(() => select(text, 10)).toThrow(PageRangeError);
    },
  );

  test("a page that the document does not have is named", () => {
    expect(() => select("4-11", 10)).toThrow(
      "Page 11 was asked for, but the document has 10 pages.",
    );
    expect(() => select("2-", 1)).toThrow("Page 2 was asked for, but the document has one page.");
  });

  test("a very long selection is refused unread", () => {
    expect(() => parsePageRanges("1,".repeat(600))).toThrow("longer than");
  });
});
