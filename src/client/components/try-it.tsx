/** A file goes in, its text appears page by page while it is read. */
import { useState } from "react";
import { useLanguage } from "../i18n/language.tsx";
import { pagesOf } from "../lib/recognition-state.ts";
import { useRecognition } from "../lib/use-recognition.ts";
import { Card } from "./card.tsx";
import { CopyButton } from "./copy-button.tsx";
import { FilePicker } from "./file-picker.tsx";
import { PageText } from "./page-text.tsx";
import { Progress } from "./progress.tsx";

export function TryIt() {
  const { tryIt } = useLanguage().messages;
  const { state, start, stop } = useRecognition();
  const [selection, setSelection] = useState("");
  const pages = pagesOf(state);
  const running = state.phase === "uploading" || state.phase === "reading";
  const text = pages
    .map((page) => page.text)
    .filter((pageText) => pageText !== "")
    .join("\n\n");
  return (
    <Card title={tryIt.title}>
      <FilePicker
        selection={selection}
        onSelection={setSelection}
        onFile={(file) => start({ file, pages: selection })}
      />
      <div className="mt-4 flex min-h-9 flex-wrap items-center justify-between gap-3">
        <Progress state={state} />
        {running && (
          <button
            type="button"
            onClick={stop}
            className="min-h-9 cursor-pointer rounded-md bg-ink px-4 text-sm font-medium text-canvas"
          >
            {tryIt.stop}
          </button>
        )}
        {!running && text !== "" && <CopyButton text={text} label={tryIt.copyText} />}
      </div>
      {pages.length > 0 && (
        <ol className="mt-3 flex flex-col gap-3">
          {pages.map((page) => (
            <PageText key={page.page} page={page} />
          ))}
        </ol>
      )}
    </Card>
  );
}
