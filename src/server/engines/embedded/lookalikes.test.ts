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
    ["2o%", "20%"],
    ["5OOML", "500ML"],
    ["12oz", "12oz"],
    ["120z", "12oz"],
    ["120Z", "12OZ"],
    ["0.59/1b", "0.59/lb"],
    ["Ibs.", "lbs."],
    ["P.0.", "P.O."],
    ["F.0.B.", "F.O.B."],
    ["$2.682.60", "$2,682.60"],
    ["$1.234.567.89.", "$1,234,567.89."],
    ["1,234.56", "1,234.56"],
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
    "1.2.3",
    "12.345",
    "192.168.10.20",
    "e.g.",
    "A.0.",
    "U.s.w.",
    "Ib",
    "102.345.67",
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
    ["U.s.c.", true, "U.S.C."],
    ["U.s.w.", false, "U.s.w."],
    ["apple", true, "apple"],
  ])("%s, whose letters reach high: %p, is %s", (read, isHigh, meant) => {
    expect(mended(read, isHigh)).toBe(meant);
  });
});

test("pounds are taken for Ib, which is a name where nothing else was seen", () => {
  const [initial, ...rest] = wordOf("Ib");
  if (!initial) throw new Error("no letter");
  const word = [{ ...initial, others: [{ text: "l", cost: 1 }] }, ...rest];
  expect(mendLookalikes(word).map(({ text }) => text)).toEqual(["l", "b"]);
});

describe("amounts", () => {
  const doubtful = (text: string): Character[] =>
    wordOf(text).map((one) =>
      one.text === "." ? { ...one, others: [{ text: ",", cost: 1 }] } : one,
    );
  const textOf = (word: readonly Character[]): string => word.map(({ text }) => text).join("");

  test("have commas between their thousands where points are in doubt, or are in dollars", () => {
    expect(textOf(mendLookalikes(doubtful("(18.204)")))).toBe("(18,204)");
    expect(mended("$20.000")).toBe("$20,000");
    for (const text of ["20.000", "$0.125", "$20.00", "1.234.5"]) expect(mended(text)).toBe(text);
    expect(textOf(mendLookalikes(doubtful("0.125")))).toBe("0.125");
  });

  test("are dollars where an S stands before them", () => {
    expect(mended("S1,200.50")).toBe("$1,200.50");
    expect(mended("S2.4")).toBe("$2.4");
    for (const text of ["S2", "S2.412", "S-200"]) expect(mended(text)).toBe(text);
  });
});
