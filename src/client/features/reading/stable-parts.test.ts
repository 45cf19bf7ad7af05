import { describe, expect, test } from "bun:test";
import { stableParts } from "./stable-parts.ts";

const partsOf = (text: string): string[] => stableParts(text).map((part) => part.text);

const paragraph = `${"word ".repeat(60).trim()}.`;

describe("the parts of a growing text", () => {
  test("are the text", () => {
    const text = Array.from({ length: 30 }, () => paragraph).join("\n\n");
    const parts = partsOf(text);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.join("")).toBe(text);
  });

  test("stay as they are while it grows, but for the last", () => {
    const text = Array.from({ length: 30 }, () => paragraph).join("\n\n");
    let before: string[] = [];
    for (let length = 0; length <= text.length; length += 37) {
      const parts = partsOf(text.slice(0, length));
      expect(parts.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
      before = parts;
    }
  });

  test("never end within code, nor where there is no empty line", () => {
    const code = `\`\`\`\n${Array.from({ length: 20 }, () => paragraph).join("\n\n")}\n\`\`\`\n\nend`;
    expect(partsOf(code)).toEqual([code.slice(0, -3), "end"]);
    const line = paragraph.repeat(20);
    expect(partsOf(line)).toEqual([line]);
  });

  const long = Array.from({ length: 8 }, () => paragraph).join("\n\n");

  test.each([
    ["a formula", `$$\n${long}\n$$`],
    ["a table in HTML", `<table><tr><td>${long}</td></tr></table>`],
    ["an entry of a list, which goes on indented", `- ${long.replaceAll("\n\n", "\n\n  ")}`],
  ])("never cut %s", (_, whole) => {
    expect(partsOf(`${whole}\n\nend`)).toEqual([`${whole}\n\n`, "end"]);
  });
});
