/** The pages of the month, where the server counts them out. */
import { useId } from "react";
import { Progress } from "../../components/ui/progress.tsx";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import type { Outputs } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";

/** From here on it is worth a warning. */
const SCARCE = 0.8;

export function Quota({ quota }: { quota: Outputs["account"]["me"]["quota"] }) {
  const text = useMessages(messages);
  const { number, dateTime } = useFormats();
  const id = useId();
  const { monthlyPages, usedPages, remainingPages, resetsAt } = quota;
  if (monthlyPages === null || remainingPages === null) return null;
  const share = Math.min(1, usedPages / Math.max(1, monthlyPages));
  const tone = remainingPages === 0 ? "bad" : share >= SCARCE ? "warn" : "accent";
  const used = text.monthUsed(number(usedPages), number(monthlyPages));
  return (
    <section aria-labelledby={id}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h2 id={id} className="font-serif text-lg font-semibold">
          {text.month}
        </h2>
        <p className="text-sm text-muted tabular-nums">{text.monthResets(dateTime(resetsAt))}</p>
      </div>
      <Progress share={share} label={used} tone={tone} className="mt-3 h-2" />
      <p className="mt-2 flex flex-wrap justify-between gap-x-6 text-sm tabular-nums">
        <span>{used}</span>
        <span className="font-medium">{text.monthLeft(number(remainingPages))}</span>
      </p>
    </section>
  );
}
