/** One of several, as the platform shows it: best on phones, and for screen readers. */
import { ChevronDown } from "lucide-react";
import { cn } from "../../lib/cn.ts";

interface SelectProps<T extends string> {
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  id?: string;
  /** Its name, where no label names it. */
  label?: string;
  className?: string;
}

export function Select<T extends string>({
  value,
  options,
  onChange,
  id,
  label,
  className,
}: SelectProps<T>) {
  return (
    <span className={cn("relative inline-flex", className)}>
      <select
        id={id}
        aria-label={label}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen) onChange(chosen.value);
        }}
        className="h-10 w-full appearance-none rounded-lg border border-line-strong bg-raised pr-9 pl-3 text-sm hover:border-ink"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-muted"
        aria-hidden
      />
    </span>
  );
}
