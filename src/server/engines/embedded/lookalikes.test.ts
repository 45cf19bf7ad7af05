import { describe, expect, test } from "bun:test";
import type { Character } from "./ctc.ts";
import { mendLookalikes } from "./lookalikes.ts";

const wordOf = (text: string, isHigh?: boolean): Character[] =>
  Array.from(text, (one) => ({
    text: one,
    confidence: 1,
    center: 0,
    spaceBefore: 0,
    others: [],
    missed: [],
    ...(isHigh !== undefined && { isHigh }),
  }));
const mended = (text: string, isHigh?: boolean): string =>
  mendLookalikes(wordOf(text, isHigh))
    .map((one) => one.text)
    .join("");

describe("letters and digits that look alike", () => {
  test.each([
    ["SEcTIoN", "SECTION"],
    ["LAKEVIEw,", "LAKEVIEW,"],
    ["(CouRT)", "(COURT)"],
    ["PasS", "Pass"],
    ["C0FFEE", "COFFEE"],
    ["0akridge,", "Oakridge,"],
    ["$8.0o", "$8.00"],
    ["2o14.", "2014."],
    ["12oz", "12oz"],
    ["120z", "12oz"],
    ["120Z", "12OZ"],
    ["0.59/1b", "0.59/lb"],
  ])("%s is %s", (read, meant) => {
    expect(mended(read)).toBe(meant);
  });

  test.each([
    "PCs",
    "IBM's",
    "MHz",
    "McADAMS",
    "DairyCooperative",
    "YouTube",
    "3o",
    "A0B1",
    "wOrd",
  ])("%s stays", (text) => {
    expect(mended(text)).toBe(text);
  });

  test.each([
    ["own", true, "Own"],
    ["“what", true, "“What"],
    ["Classes", false, "classes"],
    ["own", false, "own"],
    // Neither followed by small letters nor of one shape with its capital.
    ["oK", true, "oK"],
    ["apple", true, "apple"],
  ])("%s, whose letters reach high: %p, is %s", (read, isHigh, meant) => {
    expect(mended(read, isHigh)).toBe(meant);
  });
});
