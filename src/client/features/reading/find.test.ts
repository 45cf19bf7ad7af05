import { describe, expect, test } from "bun:test";
import { findAll, findInPages, firstFrom, patternOf, stepped } from "./find.ts";
import { plainText } from "./plain-text.ts";

function found(text: string, query: string): string[] {
  const pattern = patternOf(query);
  return pattern ? findAll(text, pattern).map(({ start, end }) => text.slice(start, end)) : [];
}

describe("finding", () => {
  test("does not look at case, also not at that of umlauts", () => {
    expect(found("Grüße, GRÜßE, grusse", "grüße")).toEqual(["Grüße", "GRÜßE"]);
  });

  test("takes any space for any other", () => {
    expect(found("the\nlighthouse  keeper", "the lighthouse keeper")).toHaveLength(1);
  });

  test("takes signs as they are", () => {
    expect(found("a.b a+b (a+b)", "(a+b)")).toEqual(["(a+b)"]);
    expect(found("-1 and 1", "-1")).toEqual(["-1"]);
  });

  test("goes on over line ends within Chinese", () => {
    expect(found("中文\n通知", "中文通知")).toEqual(["中文\n通知"]);
    expect(found("a\nb", "ab")).toEqual([]);
  });

  test("of nothing is nothing", () => {
    expect(patternOf("  ")).toBeUndefined();
  });

  test("goes through pages, from the one that is being read, round and round", () => {
    const pattern = patternOf("x") ?? /-/g;
    const matches = findInPages(
      [
        [1, "x x"],
        [4, "x"],
      ],
      pattern,
    );
    expect(matches).toEqual([
      { page: 1, index: 0 },
      { page: 1, index: 1 },
      { page: 4, index: 0 },
    ]);
    expect(firstFrom(matches, 2)).toBe(2);
    expect(firstFrom(matches, 5)).toBe(0);
    expect(stepped(3, 2, 1)).toBe(0);
    expect(stepped(3, 0, -1)).toBe(2);
  });
});

describe("text without marks", () => {
  test("has what one reads", () => {
    const markdown = [
      "# A *fine* title",
      "",
      "> quoted **bold** and `code`",
      "| a | b\\|c |",
      "|---|:-:|",
      "| 1 |  |",
      "- item, snake_case, 2*3*4",
      "[link](https://example.org) ![pic](x.png) \\# 1",
      "```",
      "# code",
      "```",
    ].join("\n");
    expect(plainText(markdown)).toBe(
      [
        "A fine title",
        "",
        "quoted bold and code",
        "a\tb|c",
        "1\t",
        "- item, snake_case, 2*3*4",
        "link pic # 1",
        "# code",
      ].join("\n"),
    );
  });

  test("is there at once for huge lines of marks", () => {
    const begun = performance.now();
    for (const mark of ["*", "[", "`", "_a", "**a", "|", "!["]) plainText(mark.repeat(50_000));
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
