/** A key of the keyboard; `isOnButton` in the button's own colours, and only where keys are at hand. */
import { cn } from "../../lib/cn.ts";

interface KbdProps {
  children: string;
  isOnButton?: boolean;
}

export function Kbd({ children, isOnButton = false }: KbdProps) {
  return (
    <kbd
      className={cn(
        "inline-flex h-5 min-w-5 items-center justify-center rounded border px-1 font-sans text-[0.6875rem] leading-none",
        isOnButton ? "border-current pointer-coarse:hidden" : "border-line bg-sunken text-muted",
      )}
    >
      {children}
    </kbd>
  );
}
