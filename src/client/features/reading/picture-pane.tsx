/** The picture of the page that one is at, with its words under the pointer. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { cn } from "../../lib/cn.ts";
import { useLivePage } from "../../lib/live-job.ts";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";
import { PictureSheet } from "./picture-sheet.tsx";
import { PictureTools } from "./picture-tools.tsx";
import { usePage } from "./place.ts";
import { useRoom } from "./room.ts";
import { useKeys } from "./use-keys.ts";
import { usePageWords } from "./use-page-words.ts";
import { usePan } from "./use-pan.ts";
import { useZoom } from "./use-zoom.ts";
import { FOOT, MARGIN, type Size } from "./zoom.ts";

interface PicturePaneProps {
  className?: string;
  onDoubts: (hasDoubts: boolean) => void;
}

export function PicturePane({ className, onDoubts }: PicturePaneProps) {
  const text = useMessages(messages);
  const { document, job, live, place } = useRoom();
  const page = usePage(place);
  const words = usePageWords(job.id, useLivePage(live, page));
  const [sizes, setSizes] = useState<Record<number, Size>>({});
  const [turns, setTurns] = useState<Record<number, number>>({});
  const pane = useRef<HTMLDivElement>(null);
  const quarters = turns[page] ?? 0;
  const zoom = useZoom(pane, sizes[page], quarters);
  const pan = usePan();
  useKeys([
    { key: "+", label: text.zoomIn, run: () => zoom.step(1) },
    { key: "-", label: text.zoomOut, run: () => zoom.step(-1) },
    { key: "0", label: text.fitPage, run: () => zoom.set("page") },
  ]);
  useShowInPicture(pane);
  return (
    <section
      aria-label={text.picture}
      className={cn("relative flex min-h-0 min-w-0 flex-col bg-sunken", className)}
    >
      <div
        ref={pane}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex: a large picture scrolls by keys, too
        tabIndex={0}
        role="group"
        aria-label={text.pictureOf(page)}
        className="flex min-h-0 flex-1 touch-pan-x touch-pan-y overflow-auto overscroll-contain"
        onPointerDown={pan.onPointerDown}
        onPointerMove={pan.onPointerMove}
        onPointerUp={pan.onPointerUp}
        onPointerCancel={pan.onPointerUp}
      >
        <div className="m-auto" style={{ padding: MARGIN, paddingBottom: FOOT }}>
          <PictureSheet
            key={`${document.id}/${page}`}
            page={page}
            words={words}
            shown={zoom.shown}
            quarters={quarters}
            onSize={(size) => setSizes((before) => ({ ...before, [page]: size }))}
            wasDragged={pan.wasDragged}
          />
        </div>
      </div>
      <PictureTools
        zoom={zoom}
        onTurn={() => setTurns((before) => ({ ...before, [page]: (quarters + 1) % 4 }))}
        hasWords={words.length > 0}
        onDoubts={onDoubts}
      />
    </section>
  );
}

/** Goes to the top of each page, and to the word that somebody wants to see. */
function useShowInPicture(pane: RefObject<HTMLDivElement | null>): void {
  const { light, place } = useRoom();
  useEffect(() => {
    let { page } = place;
    const stopPlace = place.listen(() => {
      if (place.page !== page) pane.current?.scrollTo(0, 0);
      page = place.page;
    });
    const stopLight = light.onShow("picture", (word) => {
      place.report(word.page);
      // After the picture of that page is there, and the box on it.
      requestAnimationFrame(() => {
        const box = pane.current?.querySelector("[data-word]");
        box?.scrollIntoView({ block: "center", inline: "center" });
      });
    });
    return () => {
      stopPlace();
      stopLight();
    };
  }, [pane, light, place]);
}
