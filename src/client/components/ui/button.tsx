/** Buttons, and the look of one for links. */
import { LoaderCircle } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "../../lib/cn.ts";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md";

const variants: Record<ButtonVariant, string> = {
  primary: "bg-accent text-accent-ink hover:bg-accent-strong border-transparent",
  secondary: "bg-raised text-ink border-line hover:border-line-strong",
  ghost: "bg-transparent text-ink border-transparent hover:bg-sunken",
  danger: "bg-raised text-bad border-line hover:border-bad",
};

const sizes: Record<ButtonSize, string> = {
  sm: "h-8 pointer-coarse:h-10 px-2.5 text-[0.8125rem] gap-1.5",
  md: "h-10 px-4 text-sm gap-2",
};

export function buttonClass(variant: ButtonVariant = "secondary", size: ButtonSize = "md"): string {
  return cn(
    "inline-flex items-center justify-center rounded-lg border font-medium whitespace-nowrap select-none",
    "transition-colors disabled:opacity-50 disabled:cursor-not-allowed",
    variants[variant],
    sizes[size],
  );
}

interface ButtonProps extends ComponentProps<"button"> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Shows that it works, and takes no second click. */
  isBusy?: boolean;
  icon?: ReactNode;
}

export function Button({
  variant = "secondary",
  size = "md",
  isBusy = false,
  icon,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy || undefined}
      className={cn(buttonClass(variant, size), className)}
    >
      {isBusy ? <LoaderCircle className="size-4 animate-spin" aria-hidden /> : icon}
      {children}
    </button>
  );
}
