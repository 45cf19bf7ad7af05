/** A labelled input with its hint and its error. */
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "../../lib/cn.ts";

export const inputClass =
  "w-full rounded-lg border border-line-strong bg-raised px-3 text-sm placeholder:text-muted hover:border-ink aria-invalid:border-bad";

interface FieldProps extends Omit<ComponentProps<"input">, "id"> {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

export function Field({ label, hint, error, className, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className={cn("flex flex-col gap-1.5", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        {...input}
        id={id}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={`${id}-note`}
        className={cn(inputClass, "h-10")}
      />
      <p
        id={`${id}-note`}
        className={cn("text-xs", error === undefined ? "text-muted" : "text-bad")}
      >
        {error ?? hint}
      </p>
    </div>
  );
}

/** Other controls with the same label and hint; `children` gets the id that the label names. */
export function LabelledControl({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: ReactNode;
  children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children(id)}
      {hint !== undefined && <p className="text-xs text-muted">{hint}</p>}
    </div>
  );
}
