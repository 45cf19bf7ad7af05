/** Words to look for. They are looked for once the typing rests. */
import { Search, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { inputClass } from "../../components/ui/field.tsx";
import { cn } from "../../lib/cn.ts";
import { useMessages } from "../../lib/language.tsx";
import { useShortcuts } from "../../lib/shortcuts.ts";
import { messages } from "./messages.ts";

const REST_MS = 250;

export function SearchField({ onSearch }: { onSearch: (query: string) => void }) {
  const text = useMessages(messages);
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => onSearch(typed.trim()), REST_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);
  useShortcuts(
    useMemo(
      () => [{ key: "/", label: text.search, run: () => input.current?.focus() }],
      [text.search],
    ),
  );
  return (
    <search className="relative w-full sm:w-80">
      <Search
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted"
        aria-hidden
      />
      <input
        ref={input}
        type="text"
        aria-label={text.searchLabel}
        placeholder={text.search}
        value={typed}
        maxLength={200}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && setTyped("")}
        className={cn(inputClass, "h-10 pr-9 pl-9")}
      />
      {typed !== "" && (
        <button
          type="button"
          aria-label={text.clear}
          onClick={() => setTyped("")}
          className="absolute top-1/2 right-2 inline-flex size-6 pointer-coarse:right-0 pointer-coarse:size-10 -translate-y-1/2 items-center justify-center rounded text-muted hover:text-ink"
        >
          <X className="size-4" aria-hidden />
        </button>
      )}
    </search>
  );
}
