import { describe, expect, test } from "bun:test";
import { indexedText, searchQuery, snippetOf } from "./search-text.ts";

describe("the text of the index", () => {
  test("each character without spaces around it becomes a word", () => {
    expect(indexedText("南丰站2号").split(/\s+/).filter(Boolean)).toEqual([
      "南",
      "丰",
      "站",
      "2",
      "号",
    ]);
  });
  test("other words stay whole, in their usual form", () => {
    expect(indexedText("ﬁnal Total")).toBe("final Total");
  });
});

describe("a query", () => {
  test.each([
    ["total amount", '"total"* AND "amount"*'],
    ["南丰", '"南 丰"'],
    ["南丰 invoice", '"南 丰" AND "invoice"*'],
    ['say "hi" OR NEAR(x) -y*', '"say"* AND "hi"* AND "OR"* AND "NEAR"* AND "x" AND "y"'],
  ])("%j becomes %j", (text, query) => expect(searchQuery(text)).toBe(query));

  test.each(["", "  ", '"*-()'])("%j has no word", (text) =>
    expect(searchQuery(text)).toBeUndefined(),
  );
});

describe("a snippet", () => {
  const text = `${"lorem ipsum ".repeat(30)}the Café in the middle ${"dolor sit ".repeat(30)}`;

  test("shows the words where they stand, whatever their case and accents", () => {
    const { text: shown, hits } = snippetOf(text, "cafe MIDDLE");
    expect(hits.map(([start, end]) => shown.slice(start, end))).toEqual(["Café", "middle"]);
    expect(shown.length).toBeLessThanOrEqual(160);
    expect(text).toContain(shown);
  });

  test("finds Chinese", () => {
    const { text: shown, hits } = snippetOf("乘坐高铁到南丰站下车", "南丰");
    expect(hits.map(([start, end]) => shown.slice(start, end))).toEqual(["南丰"]);
  });

  test("begins at the beginning where nothing is found", () => {
    expect(snippetOf("short text", "absent")).toEqual({ text: "short text", hits: [] });
  });
});
