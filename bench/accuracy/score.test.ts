import { describe, expect, test } from "bun:test";
import { editDistance, normalize, score } from "./score.ts";

describe("scores", () => {
  test("a text is its own best reading, in whatever typography", () => {
    const read =
      "# The \u201cfirst\u201d line\n\n| with \u2013 a | table |\n|---|---|\n| don\u2019t | \\*stop\\* |";
    const truth = 'The "first" line\nwith - a table\ndon\'t *stop*';
    expect(score(truth, read)).toEqual({ wordF1: 1, characterF1: 1, characterErrorRate: 0 });
  });

  test("hyphens at line ends are joined, others stay", () => {
    expect(normalize("recog-\nnition of e-mail -\nDash\nA-\nB")).toBe(
      "recognition of e-mail - Dash A- B",
    );
  });

  test("the order of words costs nothing but the error rate", () => {
    const { wordF1, characterF1, characterErrorRate } = score("one two three", "three two one");
    expect([wordF1, characterF1]).toEqual([1, 1]);
    expect(characterErrorRate).toBeGreaterThan(0.3);
  });

  test("missing and invented words cost", () => {
    expect(score("a b c d", "a b").wordF1).toBeCloseTo(2 / 3);
    expect(score("a b", "a b c d").wordF1).toBeCloseTo(2 / 3);
    expect(score("a", "").wordF1).toBe(0);
    expect(score("a a", "a").wordF1).toBeCloseTo(2 / 3);
  });

  test.each([
    ["kitten", "sitting", 3],
    ["", "abc", 3],
    ["abc", "", 3],
    ["same", "same", 0],
  ])("from %s to %s", (a, b, distance) => {
    expect(editDistance(Array.from(a), Array.from(b))).toBe(distance);
  });
});
