import { describe, expect, test } from "bun:test";
import { blocksOf } from "./blocks.ts";

const textOf = (markdown: string): string =>
  blocksOf(markdown)
    .map(({ text }) => text)
    .join("\n\n");

describe("Markdown as blocks of plain text", () => {
  test("takes marks off headings, paragraphs, quotes, code and rules", () => {
    const markdown =
      "## A *title*\n\nSome **bold**, `code`, ~~old~~ and a [link](https://a.example) &amp; \\*.\nNext\\\nline.\n\n---\n\n> quoted\n\n```ts\nlet a = 1;\n```";
    expect(blocksOf(markdown)).toEqual([
      { kind: "heading", level: 2, text: "A title" },
      { kind: "paragraph", text: "Some bold, code, old and a link & *.\nNext\nline." },
      { kind: "quote", text: "quoted" },
      { kind: "code", text: "let a = 1;" },
    ]);
  });

  test("keeps the marks and numbers of lists, for they are part of what was read", () => {
    expect(textOf("3. three\n4. four\n   - in it\n   - too\n\n5) five\n\n   more")).toBe(
      "3. three\n4. four\n   - in it\n   - too\n\n5) five\n\n   more",
    );
  });

  test("separates the cells of tables by tabs, whether they are Markdown or HTML", () => {
    const rows = [
      ["Item", "Price"],
      ["a | b", ""],
    ];
    const text = "Item\tPrice\na | b\t";
    const markdown = "| Item | **Price** |\n|---|---|\n| a \\| b | |";
    const html =
      "<table><thead><tr><th>Item</th>\n<th>Price</th></tr></thead><tr><td>a | b</td><td></td></tr></table>";
    for (const table of [markdown, html]) {
      expect(blocksOf(table)).toEqual([{ kind: "table", text, rows }]);
    }
  });

  test("loses nothing that may be text", () => {
    for (const text of ["[1]: https://a.example/b", "if a <b and c> d", "2 < 3 && x", "C:\\temp"]) {
      expect(textOf(text)).toBe(text);
    }
    expect(textOf("H<sub>2</sub>O<br>x &lt; y")).toBe("H2O\nx < y");
  });

  test("is done soon with texts that were made to be slow", () => {
    const size = 40_000;
    const texts = [
      "*a ",
      "[",
      "![[]()",
      "> ",
      "- ",
      "|",
      "<td",
      "</td >",
      "<td a=",
      "</td> ",
      "`",
      "_a__",
      "\n",
      "<a ",
    ];
    const begin = performance.now();
    for (const text of texts) blocksOf(text.repeat(size / text.length));
    // A quadratic one would take a minute.
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});
