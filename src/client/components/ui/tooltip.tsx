/**
 * What a control without words does, shown on hover and focus. Only for eyes: the control has the
 * same words as its name.
 */
import type { ReactNode } from "react";
import { cn } from "../../lib/cn.ts";
import { Kbd } from "./kbd.tsx";

export type Side = "top" | "bottom" | "left" | "right";

interface TooltipProps {
  label: string;
  /** The key that does the same. */
  shortcut?: string | undefined;
  side?: Side;
  children: ReactNode;
}

const places: Record<Side, string> = {
  top: "bottom-full left-1/2 mb-1.5 -translate-x-1/2",
  bottom: "top-full left-1/2 mt-1.5 -translate-x-1/2",
  left: "right-full top-1/2 mr-1.5 -translate-y-1/2",
  right: "left-full top-1/2 ml-1.5 -translate-y-1/2",
};

export function Tooltip({ label, shortcut, side = "bottom", children }: TooltipProps) {
  return (
    <span className="group/tip relative inline-flex">
      {children}
      <span
        aria-hidden
        className={cn(
          "pointer-events-none absolute z-50 flex items-center gap-2 rounded-md bg-ink px-2 py-1 text-xs whitespace-nowrap text-canvas shadow-lifted",
          "invisible opacity-0 transition-opacity delay-300 group-hover/tip:visible group-hover/tip:opacity-100 group-has-focus-visible/tip:visible group-has-focus-visible/tip:opacity-100",
          "[@media(hover:none)]:hidden",
          places[side],
        )}
      >
        {label}
        {shortcut !== undefined && <Kbd onInk>{shortcut}</Kbd>}
      </span>
    </span>
  );
}
