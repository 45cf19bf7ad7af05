/** The text of a page in the view that was chosen. */
import { Suspense, lazy, memo, useDeferredValue, useMemo, useRef } from "react";
import { CatchBoundary } from "@tanstack/react-router";
import type { PageView } from "../../../shared/job-view.ts";
import { cn } from "../../lib/cn.ts";
import { withFormulas } from "./formulas.ts";
import { plainText } from "./plain-text.ts";
import { useRoom } from "./room.ts";
import { stableParts } from "./stable-parts.ts";
import { usePageMarks } from "./use-page-marks.ts";
import { usePageWords } from "./use-page-words.ts";

const MarkdownText = lazy(async () => ({
  default: (await import("./markdown-text.tsx")).MarkdownText,
}));

const FormulaText = lazy(async () => ({
  default: (await import("./formula-text.tsx")).FormulaText,
}));

/** So long a text is no page, and would take long to render. */
const MOST_MARKDOWN = 200_000;

/** @param view has a text; it changes in place, so its parts are what counts. */
export function PageText({ view }: { view: PageView }) {
  const { page, state } = view;
  const { job, view: shownAs } = useRoom();
  const text = useDeferredValue(view.text);
  const isStreaming = state === "running";
  const ref = useRef<HTMLDivElement>(null);
  usePageMarks(ref, page, usePageWords(job.id, view));
  const isMarkdown = shownAs === "markdown" && text.length <= MOST_MARKDOWN;
  const kind = isMarkdown ? "markdown" : shownAs === "raw" ? "raw" : "plain";
  return (
    <div
      ref={ref}
      dir="auto"
      className={cn("page-text", kind, isStreaming && !isMarkdown && "has-caret")}
    >
      {isMarkdown ? (
        <Growing text={text} isStreaming={isStreaming} />
      ) : (
        <Unmarked text={text} isPlain={kind === "plain"} />
      )}
    </div>
  );
}

/** So long a text stays in parts when it is whole: rendering all of it at once would be felt. */
const LONG_CHARS = 6_000;

/** While it grows only its last part is rendered again. */
function Growing({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  if (!isStreaming && text.length < LONG_CHARS) return <Marked text={text} isStreaming={false} />;
  const parts = stableParts(text);
  return parts.map((part, index) => (
    <Marked
      key={part.start}
      text={part.text}
      isStreaming={isStreaming && index === parts.length - 1}
    />
  ));
}

/** A text that cannot be rendered, for whatever it holds, is shown as it is. */
const Marked = memo(({ text, isStreaming }: { text: string; isStreaming: boolean }) => {
  const formulas = useMemo(() => withFormulas(text), [text]);
  return (
    <CatchBoundary getResetKey={() => text} errorComponent={() => text}>
      <Suspense fallback={text}>
        {formulas === undefined ? (
          <MarkdownText text={text} isStreaming={isStreaming} />
        ) : (
          <FormulaText text={formulas} isStreaming={isStreaming} />
        )}
      </Suspense>
    </CatchBoundary>
  );
});

function Unmarked({ text, isPlain }: { text: string; isPlain: boolean }) {
  return useMemo(() => (isPlain ? plainText(text) : text), [text, isPlain]);
}
