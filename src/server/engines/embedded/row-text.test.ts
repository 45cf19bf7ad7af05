import { describe, expect, test } from "bun:test";
import { type ReadPiece, joinPieces } from "./row-text.ts";

const HEIGHT = 20;

/** Pieces with gaps between them, in line heights. */
function row(...parts: readonly (string | number)[]): ReadPiece[] {
  const pieces: ReadPiece[] = [];
  let left = 0;
  for (const part of parts) {
    if (typeof part === "number") {
      left += part * HEIGHT;
      continue;
    }
    const width = part.length * HEIGHT;
    const center = { x: left + width / 2, y: HEIGHT / 2 };
    const box = { center, width, height: HEIGHT, angle: 0 };
    const place = { box, left, top: 0, right: left + width, bottom: HEIGHT };
    pieces.push({ text: part, place, firstWordWidth: width, confidence: 1 });
    left += width;
  }
  return pieces;
}

describe("the text of a row of pieces", () => {
  test.each([
    ["Latin stands apart, however near", row("Total", 0.1, "4.20"), "Total 4.20"],
    [
      "Chinese does where the gap is wide",
      row("皆空", 0.7, "度一切", 0.8, "舍利"),
      "皆空 度一切 舍利",
    ],
    ["and does not where it is a crack", row("中国", 0.3, "铁路"), "中国铁路"],
    ["a full-width mark brings a gap", row("因此，", 0.9, "我们"), "因此，我们"],
    [
      "a spread name is one word",
      row("南", 1, "丰站", 0.7, "D6502", 0.7, "南", 1, "昌站"),
      "南丰站 D6502 南昌站",
    ],
    ["and so is a spread heading", row("目", 1.4, "录"), "目录"],
    [
      "a single character is a word where such gaps part words",
      row("死", 0.7, "亦無", 0.8, "無苦"),
      "死 亦無 無苦",
    ],
    ["nothing", row(), ""],
  ])("%s", (_, pieces, text) => {
    expect(joinPieces(pieces)).toBe(text);
  });
});
