/** All pages as small pictures, each with its state: a column, or a strip on a phone. */
import { CircleX, Pencil, TriangleAlert } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import { PagePicture } from "../../components/page-picture.tsx";
import { cn } from "../../lib/cn.ts";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";
import { useIsPage } from "./place.ts";
import type { PageLook } from "./progress.ts";
import { usePageLook, useRoom } from "./room.ts";

/** Pixels of the longer side, for sharp screens too. */
const SIZE = 240;

export function Rail({ pages }: { pages: readonly number[] }) {
  const text = useMessages(messages);
  return (
    <nav
      aria-label={text.pages}
      className="shrink-0 overflow-auto print:hidden border-line max-md:border-b md:w-22 md:border-r lg:w-28"
    >
      <ol className="flex gap-2 p-2 md:flex-col md:gap-3 md:p-2.5 lg:p-3">
        {pages.map((page) => (
          <Thumbnail key={page} page={page} />
        ))}
      </ol>
    </nav>
  );
}

const Thumbnail = memo(function Thumbnail({ page }: { page: number }) {
  const text = useMessages(messages);
  const { document, live, place } = useRoom();
  const look = usePageLook(live, page);
  const isCurrent = useIsPage(place, page);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) item.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isCurrent]);
  return (
    <li
      ref={item}
      className="[contain-intrinsic-size:auto_5rem_auto_8rem] [content-visibility:auto]"
    >
      <button
        type="button"
        aria-label={`${text.page(page)}, ${text.looks[look]}`}
        aria-current={isCurrent ? "page" : undefined}
        onClick={() => place.goTo(page)}
        className="group flex w-11 flex-col items-center gap-1 rounded-md p-0.5 md:w-full"
      >
        <span
          className={cn(
            "relative block aspect-[3/4] w-full overflow-hidden rounded border bg-white",
            isCurrent
              ? "border-accent ring-2 ring-accent"
              : "border-line group-hover:border-line-strong",
          )}
        >
          <PagePicture
            documentId={document.id}
            page={page}
            size={SIZE}
            className={cn("size-full", look === "waiting" && "opacity-45")}
          />
          {look === "reading" && <ScanLight />}
          <Badge look={look} />
        </span>
        <span
          className={cn(
            "text-[0.6875rem] leading-4 tabular-nums",
            isCurrent ? "font-semibold text-ink" : "text-muted",
          )}
        >
          {page}
        </span>
      </button>
    </li>
  );
});

/** The light of a scanner, over a page that is being read. */
export function ScanLight() {
  return (
    <span aria-hidden className="pointer-events-none absolute inset-0 overflow-hidden">
      <span className="absolute inset-x-0 top-0 block h-[9%] animate-scan border-b border-accent bg-accent/25" />
    </span>
  );
}

const badges: Partial<Record<PageLook, { icon: typeof Pencil; tone: string }>> = {
  failed: { icon: CircleX, tone: "bg-bad-wash text-bad" },
  edited: { icon: Pencil, tone: "bg-accent-wash text-accent-strong" },
  unsure: { icon: TriangleAlert, tone: "bg-warn-wash text-warn" },
};

function Badge({ look }: { look: PageLook }) {
  const badge = badges[look];
  if (!badge) return null;
  return (
    <span
      aria-hidden
      className={cn(
        "absolute right-1 bottom-1 inline-flex size-5 items-center justify-center rounded-full",
        badge.tone,
      )}
    >
      <badge.icon className="size-3" />
    </span>
  );
}
