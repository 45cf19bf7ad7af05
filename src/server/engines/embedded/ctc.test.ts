/** Columns of probabilities, as the recogniser gives them, and what is read of them. */
import { describe, expect, test } from "bun:test";
import { decodeCtc } from "./ctc.ts";

const CHARACTERS = ["", "i", "l", "e", " "];

/** @param columns the probabilities of each character; what is left over is the blank's. */
function read(columns: readonly Readonly<Record<string, number>>[]) {
  const rows = columns.map((column) => {
    const row = CHARACTERS.map((character) => column[character] ?? 0);
    row[0] = 1 - row.reduce((sum, value) => sum + value, 0);
    return row;
  });
  return decodeCtc(Float32Array.from(rows.flat()), columns.length, CHARACTERS.length, CHARACTERS);
}

function textOf(columns: readonly Readonly<Record<string, number>>[]): string {
  return read(columns)
    .map(({ text }) => text)
    .join("");
}

describe("of columns that most probably show the same letter", () => {
  test("two are read where the blank between them is likely enough", () => {
    const columns = [{ i: 1 }, { l: 0.85, i: 0.15 }, { l: 0.61 }, { l: 0.67 }, { l: 1 }, { e: 1 }];
    expect(textOf(columns)).toBe("ille");
    const [, first, second, last] = read(columns);
    // Each has a place of its own, in their order.
    const centers = [first, second, last].map((one) => (one?.center ?? 0) * columns.length);
    expect(centers).toEqual([1.5, 3.5, 5.5]);
  });

  test("one is read where it is not", () => {
    expect(textOf([{ l: 0.9 }, { l: 0.9 }, { l: 0.9 }])).toBe("l");
    expect(textOf([{ l: 1 }, { l: 1 }, { l: 1 }, { l: 1 }])).toBe("l");
    // A letter may fade out, but then there is nothing behind.
    expect(textOf([{ l: 1 }, { l: 0.6 }, { l: 0.55 }, {}])).toBe("l");
  });

  test("two are too few for two letters", () => {
    expect(textOf([{ l: 0.6 }, { l: 0.6 }])).toBe("l");
  });

  test("two are an alternative where they are only a little less likely", () => {
    const [near] = read([{ l: 0.9 }, { l: 0.8 }, { l: 0.9 }]);
    const doubled = near?.others.find(({ text }) => text === "ll");
    // The six paths of one, wherever it stands and ends, against the only one of two.
    const one = 0.648 + 0.072 + 0.072 + 0.018 + 0.008 + 0.018;
    expect(doubled?.cost).toBeCloseTo(Math.log(one / 0.162), 4);
    const [sure] = read([{ l: 1 }, { l: 1 }, { l: 1 }]);
    expect(sure?.others).toEqual([]);
  });
});

test("a space between two letters is told by its highest probability", () => {
  const [first, second] = read([{ l: 1 }, { " ": 0.2 }, { " ": 0.7 }, { e: 1 }]);
  expect(first?.spaceBefore).toBe(0);
  expect(second?.spaceBefore).toBeCloseTo(0.7);
});
