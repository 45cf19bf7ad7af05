/** Numbers, sizes and times as people of a language write them. */
import { useLanguage } from "./language.tsx";

const KIB = 1024;

export interface Formats {
  number: (value: number) => string;
  /** `1.2M`, where there is little room. */
  compact: (value: number) => string;
  percent: (share: number) => string;
  bytes: (bytes: number) => string;
  /** `3 minutes ago`; a date where it is longer ago than a week. */
  ago: (iso: string) => string;
  dateTime: (iso: string) => string;
  date: (iso: string) => string;
  /** Of a calendar date such as `2026-03-31`, wherever the reader is. */
  day: (date: string) => string;
  /** The same without the year. */
  shortDay: (date: string) => string;
  /** Seconds as `4.2 s`, `3 min`. */
  duration: (seconds: number) => string;
}

export function useFormats(): Formats {
  const { locale } = useLanguage();
  let formats = known.get(locale);
  if (!formats) known.set(locale, (formats = formatsOf(locale)));
  return formats;
}

/** By locale: to make one takes milliseconds, and every page of a document has use for it. */
const known = new Map<string, Formats>();

function formatsOf(locale: string): Formats {
  const number = new Intl.NumberFormat(locale);
  const short = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  // British English has `9.8m`, which readers of other Englishes take for thousandths.
  const compact = new Intl.NumberFormat(locale === "en-GB" ? "en" : locale, {
    notation: "compact",
    maximumFractionDigits: 1,
  });
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  // A calendar date is no moment: taken and shown as one of UTC, it stays what it is.
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  const shortDay = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  const unit = (value: number, name: string): string =>
    new Intl.NumberFormat(locale, {
      style: "unit",
      unit: name,
      unitDisplay: "short",
      maximumFractionDigits: value < 10 ? 1 : 0,
    }).format(value);
  const showDateTime = (iso: string): string => dateTime.format(new Date(iso));
  return {
    number: (value) => number.format(value),
    compact: (value) => compact.format(value),
    percent: (share) => percent.format(share),
    bytes(bytes) {
      if (bytes < KIB) return `${number.format(bytes)} B`;
      if (bytes < KIB ** 2) return `${number.format(Math.round(bytes / KIB))} KB`;
      if (bytes < KIB ** 3) return `${short.format(bytes / KIB ** 2)} MB`;
      return `${short.format(bytes / KIB ** 3)} GB`;
    },
    ago(iso) {
      const seconds = (new Date(iso).getTime() - Date.now()) / 1000;
      const steps = [
        ["day", 86_400],
        ["hour", 3_600],
        ["minute", 60],
      ] as const;
      if (-seconds > 7 * 86_400) return showDateTime(iso);
      const step = steps.find(([, length]) => -seconds >= length);
      return step
        ? relative.format(Math.round(seconds / step[1]), step[0])
        : relative.format(0, "minute");
    },
    dateTime: showDateTime,
    date: (iso) => date.format(new Date(iso)),
    day: (date) => day.format(new Date(date)),
    shortDay: (date) => shortDay.format(new Date(date)),
    duration: (seconds) => (seconds < 90 ? unit(seconds, "second") : unit(seconds / 60, "minute")),
  };
}
