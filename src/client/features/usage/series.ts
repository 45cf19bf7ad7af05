/** Days gathered for a chart: a bar for each, or for each week where there are many. */
import type { DayUsage } from "../../../shared/usage.ts";

export interface Bar {
  /** `2026-03-31`; both the same where it is a day's. */
  first: string;
  last: string;
  /** From the bottom up, as many as the chart has series. */
  values: readonly number[];
}

/** More bars than these are too thin to point at. */
const MOST_DAYS = 90;
const WEEK = 7;

export function isByWeek(days: readonly unknown[]): boolean {
  return days.length > MOST_DAYS;
}

/** Weeks end with the last day, so that the newest bar is a whole one. */
export function barsOf(
  days: readonly DayUsage[],
  valuesOf: (day: DayUsage) => readonly number[],
): Bar[] {
  const size = isByWeek(days) ? WEEK : 1;
  const bars: Bar[] = [];
  for (let end = days.length; end > 0; end -= size) {
    const part = days.slice(Math.max(0, end - size), end);
    const first = part[0];
    const last = part.at(-1);
    if (!first || !last) break;
    const sums = part
      .map(valuesOf)
      .reduce((sum, values) => sum.map((value, series) => value + (values[series] ?? 0)));
    bars.unshift({ first: first.date, last: last.date, values: sums });
  }
  return bars;
}

export function totalOf({ values }: Bar): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/**
 * The values at which a chart of up to `most` has its lines: round ones, the last not below `most`.
 * @param base 10, or 1024 for bytes, whose round numbers are those of KB and MB.
 */
export function gridOf(most: number, base: 10 | 1024): number[] {
  const LINES = 3;
  const power = base === 10 ? 1 : 1024 ** Math.floor(Math.log(Math.max(1, most)) / Math.log(1024));
  const needed = most / power / LINES;
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(needed, Number.MIN_VALUE)));
  const factor = [1, 2, 5, 10].find((one) => one * magnitude >= needed) ?? 10;
  // Nothing that is counted here comes in parts.
  const step = Math.max(1, factor * magnitude * power);
  const lines = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: lines }, (_, line) => step * (line + 1));
}
