/** What somebody looks for in the document, for every part that marks it. */
import { createContext, use, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { type LiveJob, useLiveState } from "../../lib/live-job.ts";
import { type Match, findInPages, firstFrom, patternOf, stepped } from "./find.ts";
import type { Place } from "./place.ts";
import { plainText } from "./plain-text.ts";
import type { TextView } from "./room.ts";

export interface Finding {
  pattern: RegExp | undefined;
  current: Match | undefined;
  /** Scrolls to the match, once; its page is the current one then. */
  reveal: (match: Match, range: Range) => void;
}

const Context = createContext<Finding>({
  pattern: undefined,
  current: undefined,
  reveal: () => {},
});
export const FindingProvider = Context.Provider;

export function useFinding(): Finding {
  return use(Context);
}

export interface FindState {
  query: string;
  setQuery: (query: string) => void;
  count: number;
  /** From 0. */
  position: number;
  step: (step: 1 | -1) => void;
  finding: Finding;
}

/** @param isOpen nothing is looked for while the bar is closed. */
export function useFindState(
  live: LiveJob | undefined,
  place: Place,
  {
    isOpen,
    view,
    isShown,
  }: { isOpen: boolean; view: TextView; isShown: (page: number) => boolean },
): FindState {
  const [query, setQuery] = useState("");
  /** Undefined: the first from where its reader is. */
  const [chosen, setChosen] = useState<number>();
  const [from, setFrom] = useState(1);
  const wanted = useDeferredValue(isOpen ? query : "");
  const pattern = useMemo(() => patternOf(wanted), [wanted]);
  const matches = useMatches(live, pattern, view);
  const position = Math.min(chosen ?? firstFrom(matches, from), Math.max(0, matches.length - 1));
  const finding = useRevealed(pattern, matches[position], place);
  const { current } = finding;
  useEffect(() => {
    // What is shown is scrolled to by its own page.
    if (current && !isShown(current.page)) place.goTo(current.page);
  }, [current, isShown, place]);
  return {
    query,
    setQuery(next) {
      setQuery(next);
      setChosen(undefined);
      setFrom(place.page);
    },
    count: matches.length,
    position,
    step: (step) => setChosen(stepped(matches.length, position, step)),
    finding,
  };
}

function useMatches(
  live: LiveJob | undefined,
  pattern: RegExp | undefined,
  view: TextView,
): readonly Match[] {
  const { counts } = useLiveState(pattern && live);
  return useMemo(() => {
    // Of pages that are being read: what there was when the last one was done.
    if (!pattern || !live || counts.pages === 0) return [];
    const pages = [...live.view.pages.values()].sort((a, b) => a.page - b.page);
    const texts = pages.map(
      ({ page, text }) => [page, view === "raw" ? text : plainText(text)] as const,
    );
    return findInPages(texts, pattern);
  }, [pattern, live, view, counts]);
}

function useRevealed(
  pattern: RegExp | undefined,
  current: Match | undefined,
  place: Place,
): Finding {
  const revealed = useRef("");
  return useMemo(
    () => ({
      pattern,
      current,
      reveal({ page, index }, range) {
        const key = `${pattern?.source}/${page}/${index}`;
        if (revealed.current === key) return;
        revealed.current = key;
        range.startContainer.parentElement?.scrollIntoView({ block: "center" });
        place.report(page);
        place.scrolled();
      },
    }),
    [pattern, current, place],
  );
}
