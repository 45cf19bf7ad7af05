/** Scrolls along with the page that is being read, as long as its reader lets it. */
import { type RefObject, useEffect } from "react";
import { useLiveState } from "../../lib/live-job.ts";
import { useIsFollowing } from "./place.ts";
import { followedPage } from "./progress.ts";
import type { Room } from "./room.ts";

/** Share of the pane's height at which what is being written is held. */
const LINE = 0.7;
/** A page that has ended stays in view for so long: where many end at once, none would be seen. */
const DWELL_MS = 400;

export function useFollow(pane: RefObject<HTMLDivElement | null>, { live, place }: Room): void {
  const isFollowing = useIsFollowing(place);
  const { state } = useLiveState(live);
  const isRunning = state === "running";
  useEffect(() => {
    const element = pane.current;
    if (!live || !isFollowing || !isRunning || !element) return undefined;
    let page: number | undefined;
    let frame = 0;
    let dwell: ReturnType<typeof setTimeout> | undefined;
    let stopPage = (): void => {};
    // A frame later than the text, which is rendered by then.
    const scroll = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (page === undefined) return;
        holdEnd(element, page);
        place.scrolled();
      });
    };
    const choose = (): void => {
      dwell = undefined;
      const next = followedPage(live.view.pages.values());
      if (next === undefined || next === page) return;
      page = next;
      place.report(page);
      stopPage();
      stopPage = live.listen(page, scroll);
      scroll();
    };
    const stopJob = live.listen("job", () => {
      dwell ??= setTimeout(choose, page === undefined ? 0 : DWELL_MS);
    });
    choose();
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(dwell);
      stopJob();
      stopPage();
    };
  }, [pane, live, place, isFollowing, isRunning]);
}

function holdEnd(pane: HTMLElement, page: number): void {
  const section = pane.querySelector(`[data-page="${page}"]`);
  if (!section) return;
  const frame = pane.getBoundingClientRect();
  const { top, bottom } = section.getBoundingClientRect();
  const below = bottom - frame.top - frame.height * LINE;
  // A page that has just begun is shown from its head.
  const above = top - frame.top;
  if (below > 0) pane.scrollTop += Math.min(below, Math.max(above, below));
  else if (above < 0) pane.scrollTop += Math.max(above, below);
}
