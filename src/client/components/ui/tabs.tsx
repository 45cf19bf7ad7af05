/** A few views of the same thing, of which one is shown. */
import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";

interface SegmentsProps<T extends string> {
  value: T;
  options: readonly { value: T; label: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
  /** What is chosen between. */
  label: string;
}

/** Only the row of tabs; what they show is the caller's. */
export function Segments<T extends string>({ value, options, onChange, label }: SegmentsProps<T>) {
  return (
    <Base.Root
      value={value}
      onValueChange={(next: unknown) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen) onChange(chosen.value);
      }}
    >
      <Base.List
        aria-label={label}
        activateOnFocus
        className="inline-flex h-8 items-center rounded-lg bg-sunken p-0.5 pointer-coarse:h-11"
      >
        {options.map((option) => (
          <Base.Tab
            key={option.value}
            value={option.value}
            className="inline-flex h-7 pointer-coarse:h-10 items-center gap-1.5 rounded-md px-2.5 text-[0.8125rem] font-medium text-muted hover:text-ink data-[active]:bg-raised data-[active]:text-ink data-[active]:shadow-sm"
          >
            {option.icon}
            {option.label}
          </Base.Tab>
        ))}
      </Base.List>
    </Base.Root>
  );
}
