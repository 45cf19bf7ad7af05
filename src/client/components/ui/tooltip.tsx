/**
 * What a control without words does, shown on hover and focus. Only for eyes, so it is no text of the
 * page: the control has the same words as its name.
 */
import type { ReactNode } from "react";
import { cn } from "../../lib/cn.ts";

export type Side = "top" | "bottom" | "left" | "right";

interface TooltipProps {
  label: string;
  /** The key that does the same. */
  shortcut?: string | undefined;
  side?: Side;
  children: ReactNode;
}

const places: Record<Side, string> = {
  top: "after:bottom-full after:left-1/2 after:mb-1.5 after:-translate-x-1/2",
  bottom: "after:top-full after:left-1/2 after:mt-1.5 after:-translate-x-1/2",
  left: "after:right-full after:top-1/2 after:mr-1.5 after:-translate-y-1/2",
  right: "after:left-full after:top-1/2 after:ml-1.5 after:-translate-y-1/2",
};

export function Tooltip({ label, shortcut, side = "bottom", children }: TooltipProps) {
  return (
    <span
      data-tip={shortcut === undefined ? label : `${label}  ·  ${shortcut}`}
      className={cn(
        "relative inline-flex after:pointer-events-none after:invisible after:absolute after:z-50 after:rounded-md after:bg-ink after:px-2 after:py-1 after:text-xs after:whitespace-nowrap after:text-canvas after:opacity-0 after:shadow-lifted after:transition-opacity after:delay-300 after:content-[attr(data-tip)]",
        "hover:after:visible hover:after:opacity-100 has-focus-visible:after:visible has-focus-visible:after:opacity-100 has-[[aria-expanded=true]]:after:hidden [@media(hover:none)]:after:hidden",
        places[side],
      )}
    >
      {children}
    </span>
  );
}
