import type { ReactNode } from "react";

export function SmallButton(props: {
  onClick: () => void;
  ariaLabel?: string | undefined;
  lang?: string;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      onClick={props.onClick}
      aria-label={props.ariaLabel}
      lang={props.lang}
      className="min-h-8 cursor-pointer rounded-md border border-line bg-surface px-2.5 text-sm text-muted transition-colors hover:border-line-strong hover:text-ink"
    >
      {props.children}
    </button>
  );
}
