/** Where one is, and the way to another page. */
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../../components/ui/icon-button.tsx";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";
import { usePage } from "./place.ts";
import { useRoom } from "./room.ts";

/** The page before or after; the same one at an end. */
export function pageBeside(pages: readonly number[], page: number, step: 1 | -1): number {
  return pages[pages.indexOf(page) + step] ?? page;
}

export function PageField({ pages }: { pages: readonly number[] }) {
  const text = useMessages(messages);
  const { place, document } = useRoom();
  const page = usePage(place);
  const [draft, setDraft] = useState<string>();
  const commit = (): void => {
    const wanted = Number(draft);
    if (pages.includes(wanted)) place.goTo(wanted);
    setDraft(undefined);
  };
  const icon = "size-4";
  return (
    <span className="flex items-center text-xs text-muted tabular-nums">
      <IconButton
        label={text.previous}
        shortcut="K"
        icon={<ChevronLeft className={icon} aria-hidden />}
        disabled={page === pages[0]}
        onClick={() => place.goTo(pageBeside(pages, page, -1))}
      />
      <input
        aria-label={text.pageField}
        inputMode="numeric"
        value={draft ?? page}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => draft !== undefined && commit()}
        onKeyDown={(event) => event.key === "Enter" && commit()}
        className="h-7 w-11 pointer-coarse:h-10 rounded-md border border-line bg-raised text-center text-ink hover:border-line-strong"
      />
      <span className="pl-1.5 whitespace-nowrap">{text.ofPages(document.pages)}</span>
      <IconButton
        label={text.next}
        shortcut="J"
        icon={<ChevronRight className={icon} aria-hidden />}
        disabled={page === pages.at(-1)}
        onClick={() => place.goTo(pageBeside(pages, page, 1))}
      />
    </span>
  );
}
