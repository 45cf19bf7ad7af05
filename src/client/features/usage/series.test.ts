import { describe, expect, test } from "bun:test";
import type { DayUsage } from "../../../shared/usage.ts";
import { barsOf, gridOf } from "./series.ts";

const DAY_MS = 24 * 3600 * 1000;

/** That many days, on each of which as many pages were read as days came before. */
function daysOf(count: number): DayUsage[] {
  return Array.from({ length: count }, (_, pages) => ({
    date: new Date(Date.UTC(2026, 0, 1) + pages * DAY_MS).toISOString().slice(0, 10),
    requests: 1,
    pages,
    failedPages: 1,
    promptTokens: 0,
    completionTokens: 0,
    estimatedPromptTokens: 0,
    estimatedCompletionTokens: 0,
    inputBytes: 0,
    engines: [],
  }));
}

const pagesOf = ({ pages, failedPages }: DayUsage) => [pages, failedPages];

test("a few days have a bar each", () => {
  const bars = barsOf(daysOf(90), pagesOf);
  expect(bars).toHaveLength(90);
  expect(bars[1]).toEqual({ first: "2026-01-02", last: "2026-01-02", values: [1, 1] });
});

test("many days are gathered by weeks that end today, and none is lost", () => {
  const bars = barsOf(daysOf(365), pagesOf);
  expect(bars).toHaveLength(53);
  expect(bars[0]).toEqual({ first: "2026-01-01", last: "2026-01-01", values: [0, 1] });
  expect(bars.at(-1)).toMatchObject({ first: "2026-12-25", last: "2026-12-31" });
  expect(bars.reduce((sum, { values }) => sum + (values[0] ?? 0), 0)).toBe((365 * 364) / 2);
});

describe("the grid has round lines up to the highest bar", () => {
  test.each([
    [0, 10, [1]],
    [1, 10, [1]],
    [7, 10, [5, 10]],
    [365, 10, [200, 400]],
    [900, 10, [500, 1000]],
    [30 * 1024 ** 2, 1024, [10, 20, 30].map((megabytes) => megabytes * 1024 ** 2)],
    [600, 1024, [200, 400, 600]],
  ] as const)("%d in powers of %d", (most, base, lines) => {
    expect(gridOf(most, base)).toEqual([...lines]);
  });
});
