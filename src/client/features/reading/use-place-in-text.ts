/** Keeps the place and the scrolled texts together. */
import { type RefObject, useEffect } from "react";
import type { Place } from "./place.ts";

/** The page at this share of the pane's height is the one that is being read. */
const EYES = 0.3;

export function usePlaceInText(pane: RefObject<HTMLDivElement | null>, place: Place): void {
  useEffect(() => {
    const element = pane.current;
    if (!element) return undefined;
    // What scrolls by itself, such as to a page at the end, does not choose another page.
    let isByHand = false;
    let frame = 0;
    const onHand = (): void => {
      isByHand = true;
      place.follow(false);
    };
    const onPointer = (event: PointerEvent): void => {
      // On the bar, for it is no child that was hit.
      if (event.target === element) onHand();
    };
    const onKey = ({ key }: KeyboardEvent): void => {
      if (SCROLL_KEYS.has(key)) onHand();
    };
    const onScroll = (): void => {
      if (!isByHand || frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        const page = pageAt(element);
        if (page !== undefined) place.report(page);
      });
    };
    element.addEventListener("wheel", onHand, { passive: true });
    element.addEventListener("touchmove", onHand, { passive: true });
    element.addEventListener("pointerdown", onPointer);
    element.addEventListener("keydown", onKey);
    element.addEventListener("scroll", onScroll, { passive: true });
    const stop = place.onGo((page) => {
      isByHand = false;
      element.querySelector(`[data-page="${page}"]`)?.scrollIntoView({ block: "start" });
      place.scrolled();
    });
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("wheel", onHand);
      element.removeEventListener("touchmove", onHand);
      element.removeEventListener("pointerdown", onPointer);
      element.removeEventListener("keydown", onKey);
      element.removeEventListener("scroll", onScroll);
      stop();
    };
  }, [pane, place]);
}

const SCROLL_KEYS = new Set(["PageUp", "PageDown", "ArrowUp", "ArrowDown", "Home", "End", " "]);

function pageAt(pane: HTMLElement): number | undefined {
  const eyes = pane.scrollTop + pane.clientHeight * EYES;
  const sections = [...pane.querySelectorAll<HTMLElement>("[data-page]")];
  const at = sections.findLast((section) => section.offsetTop <= eyes) ?? sections[0];
  return at && Number(at.dataset["page"]);
}
