/** A key of the keyboard. */
import { cn } from "../../lib/cn.ts";

export function Kbd({ children, onInk = false }: { children: string; onInk?: boolean }) {
  return (
    <kbd
      className={cn(
        "inline-flex h-5 min-w-5 items-center justify-center rounded border px-1 font-sans text-[0.6875rem] leading-none",
        onInk ? "border-canvas/40 text-canvas" : "border-line bg-sunken text-muted",
      )}
    >
      {children}
    </kbd>
  );
}
