/** The bars of a chart, its quiet grid, and a few of its days. */
import { useEffect, useId, useRef } from "react";
import { useFormats } from "../../lib/format.ts";
import type { Series } from "./bar-chart.tsx";
import {
  HEIGHT,
  LEFT,
  baseline,
  partsOf,
  plotHeight,
  roundedPath,
  slotWidth,
} from "./bar-geometry.ts";
import { type Bar, gridOf, totalOf } from "./series.ts";

interface BarPictureProps {
  title: string;
  description: string;
  bars: readonly Bar[];
  series: readonly Series[];
  formatShort: (value: number) => string;
  base: 10 | 1024;
  /** Which bar is pointed at. */
  pointed: number | undefined;
  width: number;
  onWidth: (width: number) => void;
}

const fills = { accent: "fill-accent", faint: "fill-accent/40", bad: "fill-bad" };
/** CSS pixels that the name of a day needs. */
const DAY_WIDTH = 84;

export function BarPicture(props: BarPictureProps) {
  const { title, description, bars, series, formatShort, base, pointed, width } = props;
  const id = useId();
  const svg = useWidth(props.onWidth);
  const lines = gridOf(Math.max(0, ...bars.map(totalOf)), base);
  const top = lines.at(-1) ?? 1;
  const slot = slotWidth(bars.length, width);
  return (
    <svg
      ref={svg}
      role="img"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-description`}
      width="100%"
      height={HEIGHT}
      className="block text-[0.6875rem] tabular-nums"
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-description`}>{description}</desc>
      {[0, ...lines].map((value) => {
        const y = Math.round(baseline - (value / top) * plotHeight) + 0.5;
        return (
          <g key={value}>
            <line x1={LEFT} x2="100%" y1={y} y2={y} className="stroke-line" />
            <text x={LEFT - 8} y={y + 4} textAnchor="end" className="fill-muted">
              {formatShort(value)}
            </text>
          </g>
        );
      })}
      {pointed !== undefined && (
        <rect
          x={LEFT + slot * pointed}
          y={baseline - plotHeight}
          width={slot}
          height={plotHeight}
          className="fill-sunken"
        />
      )}
      {width > 0 &&
        bars.map((bar, index) => (
          <g key={bar.first}>
            {partsOf(bar.values, index, slot, top).map((box, part) => {
              if (box.height === 0) return null;
              const isTop = bar.values.slice(part + 1).every((value) => value === 0);
              const fill = fills[series[part]?.tone ?? "accent"];
              return isTop ? (
                <path key={series[part]?.name} d={roundedPath(box)} className={fill} />
              ) : (
                <rect key={series[part]?.name} {...box} className={fill} />
              );
            })}
          </g>
        ))}
      <Days bars={bars} slot={slot} width={width} />
    </svg>
  );
}

function Days({ bars, slot, width }: { bars: readonly Bar[]; slot: number; width: number }) {
  const { shortDay } = useFormats();
  const every = Math.max(1, Math.ceil(DAY_WIDTH / Math.max(1, slot)));
  return bars.map(({ last }, index) => {
    const isNamed = (bars.length - 1 - index) % every === 0;
    const middle = LEFT + slot * (index + 0.5);
    if (!isNamed || width === 0 || middle < LEFT + DAY_WIDTH / 4) return null;
    const isLast = index === bars.length - 1;
    return (
      <text
        key={last}
        x={isLast ? width : middle}
        y={HEIGHT - 5}
        textAnchor={isLast ? "end" : "middle"}
        className="fill-muted"
      >
        {shortDay(last)}
      </text>
    );
  });
}

/** Tells how wide it is, now and whenever that changes. */
function useWidth(onWidth: (width: number) => void) {
  const element = useRef<SVGSVGElement>(null);
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) onWidth(entry.contentRect.width);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [onWidth]);
  return element;
}
