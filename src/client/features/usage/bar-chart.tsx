/**
 * Bars over time. What it shows is told four ways: as a picture, in words below the pointer or the
 * keys, in the picture's description, and as a table for who does not see it.
 */
import { useId, useState } from "react";
import { cn } from "../../lib/cn.ts";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { BarPicture } from "./bar-picture.tsx";
import { ChartTable } from "./chart-table.tsx";
import { messages } from "./messages.ts";
import { type Bar, totalOf } from "./series.ts";
import { usePointing } from "./use-pointing.ts";

export interface Series {
  name: string;
  tone: "accent" | "faint" | "bad";
}

interface BarChartProps {
  name: string;
  series: readonly Series[];
  bars: readonly Bar[];
  format: (value: number) => string;
  /** For the lines of the grid. */
  formatShort: (value: number) => string;
  base?: 10 | 1024;
}

export function BarChart({ name, series, bars, format, formatShort, base = 10 }: BarChartProps) {
  const text = useMessages(messages);
  const periodOf = usePeriod();
  const id = useId();
  const [width, setWidth] = useState(0);
  const pointing = usePointing(bars.length, width);
  const pointed = pointing.index === undefined ? undefined : bars[pointing.index];
  const shown = pointed ?? sumOf(bars);
  const isWeekly = bars.some(({ first, last }) => first !== last);
  const title = isWeekly ? text.weekChart(name) : text.chart(name);
  const figures = (bar: Bar): string =>
    series.length === 1
      ? format(totalOf(bar))
      : series.map((one, index) => `${one.name} ${format(bar.values[index] ?? 0)}`).join(", ");
  return (
    <figure className="sheet min-w-0 px-4 pt-4 pb-3 sm:px-5">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5">
        <span id={id} className="font-serif text-lg font-semibold">
          {title}
        </span>
        <span className="text-[0.8125rem] text-muted tabular-nums" aria-hidden>
          {pointed ? periodOf(pointed) : <span className="text-ink">{format(totalOf(shown))}</span>}
        </span>
      </figcaption>
      <Legend series={series} bar={shown} format={format} />
      <div className="relative mt-2">
        <BarPicture
          {...{ bars, series, formatShort, base, title, periodOf, width }}
          description={describe(bars, { text, format, periodOf })}
          pointed={pointing.index}
          onWidth={setWidth}
        />
        <div
          {...pointing.handlers}
          role="slider"
          tabIndex={0}
          aria-labelledby={id}
          aria-valuemin={1}
          aria-valuemax={bars.length}
          aria-valuenow={(pointing.index ?? bars.length - 1) + 1}
          aria-valuetext={pointed ? `${periodOf(pointed)}: ${figures(pointed)}` : title}
          className="absolute inset-0 touch-pan-y rounded-md"
        />
      </div>
      <ChartTable {...{ title, series, bars, format, periodOf }} />
    </figure>
  );
}

function Legend({
  series,
  bar,
  format,
}: {
  series: readonly Series[];
  bar: Bar;
  format: (value: number) => string;
}) {
  return (
    <p aria-hidden className="mt-0.5 flex flex-wrap gap-x-4 text-xs text-muted tabular-nums">
      {series.map(({ name, tone }, index) => (
        <span key={name} className="inline-flex items-center gap-1.5">
          <span className={cn("size-2 rounded-xs", toneClass[tone])} />
          {name} {format(bar.values[index] ?? 0)}
        </span>
      ))}
    </p>
  );
}

const toneClass = { accent: "bg-accent", faint: "bg-accent/40", bad: "bg-bad" };

function usePeriod(): (bar: Bar) => string {
  const text = useMessages(messages);
  const { day } = useFormats();
  return ({ first, last }) => (first === last ? day(first) : text.weekOf(day(first), day(last)));
}

function sumOf(bars: readonly Bar[]): Bar {
  const values = (bars[0]?.values ?? []).map((_, series) =>
    bars.reduce((sum, bar) => sum + (bar.values[series] ?? 0), 0),
  );
  return { first: bars[0]?.first ?? "", last: bars.at(-1)?.last ?? "", values };
}

interface Wording {
  text: (typeof messages)["en"];
  format: (value: number) => string;
  periodOf: (bar: Bar) => string;
}

function describe(bars: readonly Bar[], { text, format, periodOf }: Wording): string {
  const total = totalOf(sumOf(bars));
  const [highest] = bars.toSorted((a, b) => totalOf(b) - totalOf(a));
  if (!highest || total === 0) return text.chartEmpty;
  return text.chartDetail(format(total), format(totalOf(highest)), periodOf(highest));
}
