/** Shows the page that somebody came for, as from a search, once its text is there. */
import { useEffect } from "react";
import type { Room } from "./room.ts";

/** @param page undefined where somebody came for the document. */
export function useArrival({ live, place }: Room, page: number | undefined): void {
  useEffect(() => {
    if (!live || page === undefined) return undefined;
    let frame = 0;
    const stop = live.listen(page, () => {
      stop();
      frame = requestAnimationFrame(() => place.goTo(page));
    });
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, [live, place, page]);
}
