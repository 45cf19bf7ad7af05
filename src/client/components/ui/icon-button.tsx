/** A button that shows an icon; its words are its tooltip and its name. */
import type { ComponentProps, ReactNode } from "react";
import { cn } from "../../lib/cn.ts";
import { type Side, Tooltip } from "./tooltip.tsx";

interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  label: string;
  icon: ReactNode;
  shortcut?: string;
  isPressed?: boolean;
  side?: Side;
}

export function IconButton({
  label,
  icon,
  shortcut,
  isPressed,
  side = "bottom",
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label} shortcut={shortcut} side={side}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-pressed={isPressed}
        className={cn(
          "inline-flex size-8 shrink-0 pointer-coarse:size-10 items-center justify-center rounded-lg text-muted transition-colors",
          "hover:bg-sunken hover:text-ink disabled:opacity-40 disabled:hover:bg-transparent",
          isPressed === true && "bg-accent-wash text-accent-strong hover:bg-accent-wash",
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
