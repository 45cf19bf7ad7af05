/** The line in which one looks for something in all pages. */
import { ChevronDown, ChevronUp, Search, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { IconButton } from "../../components/ui/icon-button.tsx";
import { useMessages } from "../../lib/language.tsx";
import type { FindState } from "./finding.ts";

const en = {
  label: "Find in this document",
  count: (position: number, count: number) => `${position} of ${count}`,
  none: "Not found",
  next: "Next",
  previous: "Previous",
  close: "Close",
};
const zh: typeof en = {
  label: "在文档中查找",
  count: (position, count) => `${position} / ${count}`,
  none: "未找到",
  next: "下一个",
  previous: "上一个",
  close: "关闭",
};
const messages = { en, zh };

interface FindBarProps {
  find: FindState;
  onClose: () => void;
}

export function FindBar({ find, onClose }: FindBarProps) {
  const text = useMessages(messages);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter") find.step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
  };
  const { query, count, position } = find;
  const icon = "size-4";
  return (
    <div
      role="search"
      className="flex items-center gap-1 border-b border-line bg-raised px-3 py-1.5"
    >
      <Search className="size-4 shrink-0 text-muted" aria-hidden />
      <input
        ref={field}
        type="text"
        aria-label={text.label}
        placeholder={text.label}
        value={query}
        onChange={(event) => find.setQuery(event.target.value)}
        onKeyDown={onKey}
        className="h-8 min-w-0 flex-1 bg-transparent px-1.5 text-sm outline-none placeholder:text-muted"
      />
      <span role="status" className="px-1 text-xs whitespace-nowrap text-muted tabular-nums">
        {query.trim() !== "" && (count === 0 ? text.none : text.count(position + 1, count))}
      </span>
      <IconButton
        label={text.previous}
        icon={<ChevronUp className={icon} aria-hidden />}
        disabled={count === 0}
        onClick={() => find.step(-1)}
      />
      <IconButton
        label={text.next}
        icon={<ChevronDown className={icon} aria-hidden />}
        disabled={count === 0}
        onClick={() => find.step(1)}
      />
      <IconButton label={text.close} icon={<X className={icon} aria-hidden />} onClick={onClose} />
    </div>
  );
}
