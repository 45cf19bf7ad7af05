/** Usage over time and by engine. Loaded on its own: the figures above need none of it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { DayUsage } from "../../../shared/usage.ts";
import { BarList } from "../../components/bar-list.tsx";
import { Failure } from "../../components/failure.tsx";
import { Segments } from "../../components/ui/tabs.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { trpc } from "../../lib/trpc.ts";
import { BarChart } from "./bar-chart.tsx";
import { engineName, messages } from "./messages.ts";
import { barsOf } from "./series.ts";

const ranges = ["7", "30", "90", "365"] as const;
type Range = (typeof ranges)[number];

export function Charts() {
  const text = useMessages(messages);
  const id = useId();
  const [range, setRange] = useState<Range>("30");
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const days = useQuery(
    trpc.usage.byDay.queryOptions(
      { days: Number(range), timeZone },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <section aria-labelledby={id} aria-busy={days.isPlaceholderData}>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h2 id={id} className="font-serif text-xl font-semibold">
          {text.overTime}
        </h2>
        <Segments
          label={text.range}
          value={range}
          options={ranges.map((value) => ({ value, label: text.days(Number(value)) }))}
          onChange={setRange}
        />
      </div>
      {days.isError && <Failure error={days.error} onRetry={() => void days.refetch()} />}
      {days.isPending && <Skeleton className="h-96 w-full" />}
      {days.data && <ChartGrid days={days.data} />}
    </section>
  );
}

function ChartGrid({ days }: { days: readonly DayUsage[] }) {
  const text = useMessages(messages);
  const { number, compact, bytes } = useFormats();
  const counts = { format: number, formatShort: compact };
  const sizes = { format: bytes, formatShort: bytes, base: 1024 } as const;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <BarChart
        {...counts}
        name={text.pages}
        series={[
          { name: text.read, tone: "accent" },
          { name: text.failed, tone: "bad" },
        ]}
        bars={barsOf(days, ({ pages, failedPages }) => [pages - failedPages, failedPages])}
      />
      <BarChart
        {...counts}
        name={text.tokens}
        series={[
          { name: text.counted, tone: "accent" },
          { name: text.estimated, tone: "faint" },
        ]}
        bars={barsOf(days, (day) => [
          day.promptTokens + day.completionTokens,
          day.estimatedPromptTokens + day.estimatedCompletionTokens,
        ])}
      />
      <BarChart
        {...sizes}
        name={text.sizes}
        series={[{ name: text.bytes, tone: "accent" }]}
        bars={barsOf(days, ({ inputBytes }) => [inputBytes])}
      />
      <Engines days={days} />
    </div>
  );
}

function Engines({ days }: { days: readonly DayUsage[] }) {
  const text = useMessages(messages);
  const { number } = useFormats();
  const pages = new Map<string, number>();
  for (const { engine, pages: more } of days.flatMap((day) => day.engines)) {
    pages.set(engine, (pages.get(engine) ?? 0) + more);
  }
  const rows = [...pages].map(([engine, value]) => ({
    key: engine,
    name: engineName(text, engine),
    value,
    shown: number(value),
  }));
  return (
    <section className="sheet min-w-0 p-4 sm:px-5">
      <h3 className="mb-4 font-serif text-lg font-semibold">{text.byEngine}</h3>
      {rows.length === 0 && <p className="text-sm text-muted">{text.chartEmpty}</p>}
      <BarList rows={rows} />
    </section>
  );
}
