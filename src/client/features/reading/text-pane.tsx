/** The texts of all pages, one under another; only those near the view are rendered. */
import { ArrowDownToLine } from "lucide-react";
import { type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Button } from "../../components/ui/button.tsx";
import { cn } from "../../lib/cn.ts";
import { useLiveState } from "../../lib/live-job.ts";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";
import { NearContext, NearObserver } from "./near.ts";
import { PageSection } from "./page-section.tsx";
import { useIsFollowing } from "./place.ts";
import { offsetAtPoint, rangeOf } from "./rendered-text.ts";
import { type Room, useRoom } from "./room.ts";
import { Turns, TurnsContext } from "./turns.ts";
import { useAnchor } from "./use-anchor.ts";
import { useFollow } from "./use-follow.ts";
import { usePlaceInText } from "./use-place-in-text.ts";
import type { LitWord } from "./word-light.ts";
import { wordAtOffset } from "./words.ts";

interface TextPaneProps {
  pages: readonly number[];
  className?: string;
}

export function TextPane({ pages, className }: TextPaneProps) {
  const text = useMessages(messages);
  const room = useRoom();
  const pane = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [observer] = useState(() => new NearObserver());
  const turns = useMemo(() => new Turns(() => room.place.page), [room.place]);
  usePlaceInText(pane, room.place);
  useAnchor(pane, content, room.place);
  useFollow(pane, room);
  useShowInText(room);
  usePrinting(observer, turns);
  return (
    <section
      aria-label={text.text}
      className={cn("print-flow relative flex min-h-0 min-w-0 flex-col bg-surface", className)}
    >
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events: the words are in the picture as well */}
      <div
        ref={pane}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex: it scrolls by keys, too
        tabIndex={0}
        role="group"
        aria-label={text.text}
        className="print-flow relative min-h-0 flex-1 overflow-y-auto overscroll-contain outline-offset-[-2px] [overflow-anchor:none]"
        onMouseMove={(event) => room.light.light(wordUnder(room, event))}
        onMouseLeave={() => room.light.light(undefined)}
        onClick={(event) => {
          const word = wordUnder(room, event);
          const isSelecting = window.getSelection()?.isCollapsed === false;
          if (word && !isSelecting) room.light.show("picture", word);
        }}
      >
        <div ref={content}>
          <NearContext value={observer}>
            <TurnsContext value={turns}>
              {pages.map((page) => (
                <PageSection key={page} page={page} />
              ))}
            </TurnsContext>
          </NearContext>
        </div>
        <div className="h-3/4 print:hidden" />
      </div>
      <FollowButton />
    </section>
  );
}

/** The way back to what is being read, after one has scrolled away from it. */
function FollowButton() {
  const text = useMessages(messages);
  const { live, place } = useRoom();
  const { state } = useLiveState(live);
  const isFollowing = useIsFollowing(place);
  if (state !== "running" || isFollowing) return null;
  return (
    <Button
      size="sm"
      variant="primary"
      className="absolute bottom-4 left-1/2 -translate-x-1/2 rounded-full shadow-lifted"
      title={text.followHint}
      icon={<ArrowDownToLine className="size-4" aria-hidden />}
      onClick={() => place.follow(true)}
    >
      {text.follow}
    </Button>
  );
}

function useShowInText({ light, shown, place }: Room): void {
  useEffect(
    () =>
      light.onShow("text", ({ page, index }) => {
        const text = shown.get(page);
        const span = text?.placed[index];
        const range = text && span && rangeOf(text.rendered, span);
        place.follow(false);
        if (!range) {
          place.goTo(page);
          return;
        }
        range.startContainer.parentElement?.scrollIntoView({ block: "center" });
        place.scrolled();
      }),
    [light, shown, place],
  );
}

/** On paper there is no near and far: everything is rendered before it is printed. */
function usePrinting(observer: NearObserver, turns: Turns): void {
  useEffect(() => {
    const before = (): void => {
      flushSync(() => observer.showAll());
      turns.takeAll();
    };
    const after = (): void => observer.lookAgain();
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  }, [observer, turns]);
}

function wordUnder({ shown }: Room, event: MouseEvent): LitWord | undefined {
  if (!(event.target instanceof Element)) return undefined;
  const section = event.target.closest<HTMLElement>("[data-page]");
  const page = Number(section?.dataset["page"]);
  const text = shown.get(page);
  if (!text || text.placed.length === 0) return undefined;
  const offset = offsetAtPoint(text.rendered, event.clientX, event.clientY);
  const index = offset === undefined ? undefined : wordAtOffset(text.placed, offset);
  return index === undefined ? undefined : { page, index };
}
