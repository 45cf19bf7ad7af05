/** Names with a figure and a bar each, the largest first. */

export interface BarRow {
  key: string | number;
  name: string;
  value: number;
  /** The value as people read it. */
  shown: string;
}

export function BarList({ rows }: { rows: readonly BarRow[] }) {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  return (
    <ol className="flex flex-col gap-3.5 empty:hidden">
      {rows
        .toSorted((a, b) => b.value - a.value)
        .map(({ key, name, value, shown }) => (
          <li key={key}>
            <p className="flex justify-between gap-4 text-sm">
              <span className="min-w-0 truncate" title={name}>
                {name}
              </span>
              <span className="shrink-0 font-medium tabular-nums">{shown}</span>
            </p>
            <svg width="100%" height="8" className="mt-1.5 block" aria-hidden>
              <rect width="100%" height="8" rx="4" className="fill-sunken" />
              <rect width={`${(value / most) * 100}%`} height="8" rx="4" className="fill-accent" />
            </svg>
          </li>
        ))}
    </ol>
  );
}
