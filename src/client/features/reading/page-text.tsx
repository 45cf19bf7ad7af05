/** The text of a page in the view that was chosen. */
import { Suspense, lazy, memo, useDeferredValue, useMemo, useRef } from "react";
import { CatchBoundary } from "@tanstack/react-router";
import type { PageView } from "../../../shared/job-view.ts";
import { cn } from "../../lib/cn.ts";
import { withFormulas } from "./formulas.ts";
import { plainText } from "./plain-text.ts";
import { useRoom } from "./room.ts";
import { stableParts } from "./stable-parts.ts";
import { useTurn } from "./turns.ts";
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
/** About what a text takes that has not been rendered yet. */
export const PX_PER_CHAR = 0.42;

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
        <Parts page={page} text={text} isStreaming={isStreaming} />
      ) : (
        <Unmarked text={text} isPlain={kind === "plain"} />
      )}
    </div>
  );
}

interface PartsProps {
  page: number;
  text: string;
  isStreaming: boolean;
}

/** While it grows only its last part is rendered again. */
function Parts({ page, text, isStreaming }: PartsProps) {
  const parts = stableParts(text);
  return parts.map((part, index) => (
    <Part
      key={part.start}
      page={page}
      text={part.text}
      isStreaming={isStreaming && index === parts.length - 1}
    />
  ));
}

const Part = memo(({ page, text, isStreaming }: PartsProps) => {
  const isDue = useTurn(page);
  if (!isDue) return <div data-part data-waiting style={{ height: text.length * PX_PER_CHAR }} />;
  return (
    <div data-part>
      <Marked text={text} isStreaming={isStreaming} />
    </div>
  );
});

/** A text that cannot be rendered, for whatever it holds, is shown as it is. */
function Marked({ text, isStreaming }: Omit<PartsProps, "page">) {
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
}

function Unmarked({ text, isPlain }: { text: string; isPlain: boolean }) {
  return useMemo(() => (isPlain ? plainText(text) : text), [text, isPlain]);
}
