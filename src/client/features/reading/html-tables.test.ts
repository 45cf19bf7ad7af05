import { describe, expect, test } from "bun:test";
import { withMarkdownTables } from "./html-tables.ts";

describe("tables that were written as HTML", () => {
  test("become tables of Markdown, with what spans columns", () => {
    const html =
      '# A\n<table border="1"><thead><tr><th colspan="2">Both</th></tr></thead>\n' +
      "<tr><td>a|b</td><td>1 &amp; <b>2</b><br/>3</td></tr></table>\nend";
    expect(withMarkdownTables(html)).toBe(
      "# A\n\n\n| Both |  |\n| --- | --- |\n| a\\|b | 1 & 2 3 |\n\n\nend",
    );
  });

  test("are shown as far as they have come", () => {
    expect(withMarkdownTables("<table><tr><td>one</td><td>tw").trim()).toBe(
      "| one | tw |\n| --- | --- |",
    );
    expect(withMarkdownTables("<table>").trim()).toBe("");
  });

  test("bring nothing of HTML along", () => {
    const html =
      "<table onclick=x><tr><td><img src=x onerror=y>text<script>z</script></td></tr></table>";
    expect(withMarkdownTables(html).trim()).toBe("| textz |\n| --- |");
  });

  test("and nothing else is changed", () => {
    const text = "a < b, <tablet>, | c |";
    expect(withMarkdownTables(text)).toBe(text);
  });

  test("that are huge or unfinished are there at once", () => {
    const begun = performance.now();
    withMarkdownTables("<table>".repeat(20_000));
    withMarkdownTables(`<table>${"<tr><td>x".repeat(50_000)}`);
    withMarkdownTables(`<table>${"<td".repeat(100_000)}`);
    withMarkdownTables(`<table ${"<table ".repeat(50_000)}`);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
