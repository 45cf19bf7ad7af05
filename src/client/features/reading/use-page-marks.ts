/** Marks the words of a page's text: the one that is lit, those in doubt, those that are looked for. */
import { type RefObject, useEffect } from "react";
import { type Finding, useFinding } from "./finding.ts";
import { findAll } from "./find.ts";
import { setMarks } from "./marks.ts";
import { DOUBT } from "./progress.ts";
import { rangeOf, renderedText } from "./rendered-text.ts";
import { type ShownText, useRoom } from "./room.ts";
import { type Span, type Word, placeWords } from "./words.ts";

const NO_SPANS: readonly (Span | undefined)[] = [];
const NOTHING: ShownText = { rendered: { text: "", nodes: [] }, words: [], placed: NO_SPANS };

export function usePageMarks(
  ref: RefObject<HTMLElement | null>,
  page: number,
  words: readonly Word[],
): void {
  const { shown, light, hasDoubts } = useRoom();
  const finding = useFinding();
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const lightWord = (): void => {
      const { lit } = light;
      const text = shown.get(page);
      const span = lit?.page === page ? text?.placed[lit.index] : undefined;
      setMarks("word", page, text ? rangesOf(text, [span]) : []);
    };
    const update = (): void => {
      // Parts whose turn has not come yet would shift everything behind them.
      if (element.querySelector("[data-waiting]")) {
        shown.delete(page);
        return;
      }
      // A page that streams is rendered again and again.
      if (words.length === 0 && !finding.pattern) {
        shown.set(page, NOTHING);
        return;
      }
      const rendered = renderedText(element);
      const placed = words.length === 0 ? NO_SPANS : placeWords(rendered.text, words);
      const text = { rendered, words, placed };
      shown.set(page, text);
      setMarks("doubt", page, hasDoubts ? rangesOf(text, doubtful(text)) : []);
      markFound(page, text, finding);
      lightWord();
    };
    update();
    // What renders Markdown does so when it has time.
    const observer = new MutationObserver(update);
    observer.observe(element, { childList: true, subtree: true, characterData: true });
    const stop = light.listen(lightWord);
    return () => {
      stop();
      observer.disconnect();
      shown.delete(page);
      for (const name of ["doubt", "find", "found", "word"] as const) setMarks(name, page, []);
    };
  }, [ref, page, words, shown, light, hasDoubts, finding]);
}

function doubtful({ words, placed }: ShownText): (Span | undefined)[] {
  return placed.filter((_, index) => (words[index]?.confidence ?? 1) < DOUBT.word);
}

function markFound(page: number, text: ShownText, finding: Finding): void {
  const { pattern, current } = finding;
  const spans = pattern ? findAll(text.rendered.text, pattern) : [];
  const span =
    current?.page === page ? spans[Math.min(current.index, spans.length - 1)] : undefined;
  setMarks("find", page, rangesOf(text, spans));
  const ranges = rangesOf(text, [span]);
  setMarks("found", page, ranges);
  const [range] = ranges;
  if (range && current) finding.reveal(current, range);
}

function rangesOf({ rendered }: ShownText, spans: readonly (Span | undefined)[]): Range[] {
  return spans.flatMap((span) => (span && rangeOf(rendered, span)) ?? []);
}
