/**
 * Keeps what is at the top of the scrolled texts where it is while pages above it are rendered, and
 * turn out taller or shorter than they were taken for. Browsers' own scroll anchoring gives up where
 * heights are set, and not all have one.
 */
import { type RefObject, useEffect } from "react";
import type { Place } from "./place.ts";

/** Panes scroll by whole pixels; what begins at the top may begin a little below it. */
const NEARLY_PX = 2;

interface Anchor {
  element: HTMLElement;
  /** Pixels below the top of the pane; mostly less than 0. */
  top: number;
  /** Of the pane, at that moment. */
  scrollTop: number;
}

/** @param content what is scrolled in the pane. */
export function useAnchor(
  pane: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  place: Place,
): void {
  useEffect(() => {
    const scrolled = pane.current;
    const inside = content.current;
    if (!scrolled || !inside) return undefined;
    let anchor: Anchor | undefined;
    const remember = (): void => {
      anchor = anchorIn(scrolled, inside);
    };
    const hold = (): void => {
      if (anchor?.element.isConnected === true) {
        // Where it would be if somebody had only scrolled.
        const top = anchor.top - (scrolled.scrollTop - anchor.scrollTop);
        scrolled.scrollTop += topIn(scrolled, anchor.element) - top;
      }
      remember();
    };
    // Between layout and painting: nobody sees it move.
    const observer = new ResizeObserver(hold);
    observer.observe(inside);
    scrolled.addEventListener("scroll", hold, { passive: true });
    const stop = place.onScrolled(remember);
    return () => {
      observer.disconnect();
      scrolled.removeEventListener("scroll", hold);
      stop();
    };
  }, [pane, content, place]);
}

/** The part of a text that begins last above the top of the pane, or its page. */
function anchorIn(pane: HTMLElement, content: HTMLElement): Anchor | undefined {
  const isAbove = (element: HTMLElement): boolean => topIn(pane, element) < NEARLY_PX;
  const pages = [...content.querySelectorAll<HTMLElement>(":scope > [data-page]")];
  const page = pages.findLast(isAbove) ?? pages[0];
  if (!page) return undefined;
  const element = [...page.querySelectorAll<HTMLElement>("[data-part]")].findLast(isAbove) ?? page;
  return { element, top: topIn(pane, element), scrollTop: pane.scrollTop };
}

function topIn(pane: HTMLElement, element: HTMLElement): number {
  return element.getBoundingClientRect().top - pane.getBoundingClientRect().top;
}
