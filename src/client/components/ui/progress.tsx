/** How far something has got, as a thin bar. */
import { cn } from "../../lib/cn.ts";

interface ProgressProps {
  /** 0–1; undefined where nobody knows. */
  share: number | undefined;
  label: string;
  tone?: "accent" | "good" | "bad" | "warn";
  className?: string;
}

const tones = { accent: "bg-accent", good: "bg-good", bad: "bg-bad", warn: "bg-warn" };

export function Progress({ share, label, tone = "accent", className }: ProgressProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
      className={cn("h-1 overflow-hidden rounded-full bg-sunken", className)}
    >
      <div
        className={cn(
          "h-full w-full origin-left rounded-full transition-transform duration-200",
          tones[tone],
          share === undefined && "animate-pulse",
        )}
        style={{ transform: `scaleX(${share ?? 1})` }}
      />
    </div>
  );
}
