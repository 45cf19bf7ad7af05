import { describe, expect, test } from "bun:test";
import { type Word, placeWords, wordAtOffset, wordAtPoint, wordsOf } from "./words.ts";

function word(text: string, box: Word["box"] = [0, 0, 1, 1]): Word {
  return { text, confidence: 1, box };
}

/** The words as they are found in the text. */
function found(text: string, words: readonly string[]): (string | undefined)[] {
  const spans = placeWords(
    text,
    words.map((one) => word(one)),
  );
  return spans.map((span) => span && text.slice(span.start, span.end));
}

describe("words of the picture are found in the text", () => {
  test("in order, each where it stands and not where it stood before", () => {
    const text = "the cat saw the dog";
    const spans = placeWords(
      text,
      ["the", "cat", "saw", "the", "dog"].map((one) => word(one)),
    );
    expect(spans.map((span) => span?.start)).toEqual([0, 4, 8, 12, 16]);
  });

  test("through marks, tables and escapes of Markdown", () => {
    const text =
      "## A **bold** word\n\n| Hour | Ships |\n|---|---|\n| 06:00 | 3 |\n\n\\# no heading";
    const words = ["A", "bold", "word", "Hour", "Ships", "06:00", "3", "#", "no", "heading"];
    expect(found(text, words)).toEqual([
      "A",
      "bold",
      "word",
      "Hour",
      "Ships",
      "06:00",
      "3",
      undefined,
      "no",
      "heading",
    ]);
  });

  test("where a hyphen at a line's end has gone", () => {
    expect(found("an example of it", ["an", "exam-", "ple", "of", "it"])).toEqual([
      "an",
      "exam",
      "ple",
      "of",
      "it",
    ]);
  });

  test("where some are not in the text: the others still are", () => {
    const words = ["one", "STAMP", "two", "zzz", "three"];
    expect(found("one two three", words)).toEqual(["one", undefined, "two", undefined, "three"]);
  });

  test("where somebody has edited the text", () => {
    const text = "The keeper carefully counted eleven sails between the point and the island.";
    const words = "The keeper counted 11 sails between the point and the island.".split(" ");
    expect(found(text, words).map((one) => one !== undefined)).toEqual(
      words.map((one) => one !== "11"),
    );
  });

  test("in Chinese, over a line's end", () => {
    expect(found("再见，\n晚安。", ["再见，", "晚安", "。"])).toEqual(["再见，", "晚安", "。"]);
  });

  test("in the text of another page there is nearly nothing, and no end of the search", () => {
    const words = Array.from({ length: 2000 }, (_, index) => `w${index}x`);
    expect(found("nothing of that", words).every((one) => one === undefined)).toBe(true);
  });
});

test("a line whose words are not known is lit as a whole", () => {
  const line = { text: "a line", confidence: 1, box: [0, 0, 1, 1] satisfies Word["box"] };
  const words = [{ ...line, text: "a" }];
  expect(wordsOf([line, { ...line, words }]).map(({ text }) => text)).toEqual(["a line", "a"]);
});

test("pointers find words in the text and in the picture", () => {
  const words = [word("left", [0.1, 0.1, 0.3, 0.2]), word("right", [0.4, 0.1, 0.6, 0.2])];
  const placed = placeWords("left right", words);
  expect(wordAtOffset(placed, 6)).toBe(1);
  expect(wordAtOffset(placed, 4)).toBeUndefined();
  expect(wordAtPoint(words, 0.2, 0.15)).toBe(0);
  expect(wordAtPoint(words, 0.5, 0.5)).toBeUndefined();
});
