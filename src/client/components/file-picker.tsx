import { type DragEvent, useId, useRef, useState } from "react";
import { fileTypes } from "../../shared/file-types.ts";
import { useLanguage } from "../i18n/language.tsx";

const ACCEPT = [...Object.values(fileTypes).map((type) => type.mime), ".jp2", ".tif", ".tiff"].join(
  ",",
);

export function FilePicker(props: {
  selection: string;
  onSelection: (selection: string) => void;
  onFile: (file: File) => void;
}) {
  const { tryIt } = useLanguage().messages;
  const input = useRef<HTMLInputElement>(null);
  const pagesId = useId();
  const hintId = useId();
  const { isOver, handlers } = useDrop(props.onFile);
  return (
    <div
      {...handlers}
      className={`flex flex-col gap-4 rounded-lg border border-dashed px-4 py-6 transition-colors sm:flex-row sm:items-center sm:justify-between sm:px-6 ${
        isOver ? "border-accent bg-accent-wash" : "border-line-strong bg-sunken"
      }`}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <input
          ref={input}
          type="file"
          accept={ACCEPT}
          // The button below opens it; a second control of the same name would only confuse.
          hidden
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) props.onFile(file);
            // The same file can be chosen again.
            event.target.value = "";
          }}
        />
        <button
          type="button"
          onClick={() => input.current?.click()}
          className="min-h-10 cursor-pointer rounded-md bg-accent px-4 text-sm font-medium text-accent-ink transition-opacity hover:opacity-90"
        >
          {tryIt.choose}
        </button>
        <span className="text-sm text-muted">{isOver ? tryIt.dropNow : tryIt.drop}</span>
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm">
        <label htmlFor={pagesId}>{tryIt.pages}</label>
        <input
          id={pagesId}
          value={props.selection}
          onChange={(event) => props.onSelection(event.target.value)}
          placeholder={tryIt.pagesHint}
          aria-describedby={hintId}
          autoComplete="off"
          className="min-h-10 w-56 max-w-full rounded-md border border-line-strong bg-surface px-3 placeholder:text-muted"
        />
        <span id={hintId} className="sr-only">
          {tryIt.pagesHint}
        </span>
      </div>
    </div>
  );
}

/** Whether something hovers; entering a child leaves its parent, so the two are counted. */
function useDrop(onFile: (file: File) => void) {
  const [depth, setDepth] = useState(0);
  const handlers = {
    onDragEnter: (event: DragEvent) => {
      event.preventDefault();
      setDepth((now) => now + 1);
    },
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDragLeave: () => setDepth((now) => Math.max(0, now - 1)),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setDepth(0);
      const file = event.dataTransfer.files[0];
      if (file) onFile(file);
    },
  };
  return { isOver: depth > 0, handlers };
}
