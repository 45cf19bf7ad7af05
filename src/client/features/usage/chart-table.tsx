/** A chart's figures as a table, for who does not see the chart. */
import { useMessages } from "../../lib/language.tsx";
import type { Series } from "./bar-chart.tsx";
import { messages } from "./messages.ts";
import { type Bar, totalOf } from "./series.ts";

interface ChartTableProps {
  title: string;
  series: readonly Series[];
  bars: readonly Bar[];
  format: (value: number) => string;
  periodOf: (bar: Bar) => string;
}

export function ChartTable({ title, series, bars, format, periodOf }: ChartTableProps) {
  const text = useMessages(messages);
  return (
    <div className="sr-only">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{text.when}</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars
            .filter((bar) => totalOf(bar) > 0)
            .map((bar) => (
              <tr key={bar.first}>
                <th scope="row">{periodOf(bar)}</th>
                {series.map(({ name }, index) => (
                  <td key={name}>{format(bar.values[index] ?? 0)}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
