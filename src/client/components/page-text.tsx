import type { Messages } from "../i18n/en.ts";
import { useLanguage } from "../i18n/language.tsx";
import type { PageState } from "../lib/recognition-state.ts";

/** The text of one page as plain text: what a document says is never markup here. */
export function PageText({ page }: { page: PageState }) {
  const { tryIt } = useLanguage().messages;
  const isEmpty = page.text.trim() === "";
  return (
    <li className="min-w-0 overflow-hidden rounded-lg border border-line">
      <div className="flex items-center justify-between gap-3 border-b border-line bg-sunken px-4 py-2 text-sm">
        <h3 className="font-medium">{tryIt.page(page.page)}</h3>
        <span className={page.status === "failed" ? "text-bad" : "text-muted"}>
          {page.status === "reading" && (
            <span
              aria-hidden="true"
              className="mr-2 inline-block size-2 rounded-full bg-accent motion-safe:animate-pulse"
            />
          )}
          {statusText(page, tryIt)}
        </span>
      </div>
      {page.detail !== undefined && (
        <p className="bg-bad-wash px-4 py-3 text-sm text-bad">{page.detail}</p>
      )}
      {!isEmpty && (
        <div
          dir="auto"
          data-page={page.page}
          className="max-h-[32rem] overflow-y-auto px-4 py-3 text-[0.9375rem] leading-relaxed break-words whitespace-pre-wrap"
        >
          {page.text}
        </div>
      )}
      {isEmpty && page.status === "done" && (
        <p className="px-4 py-3 text-sm text-muted">{tryIt.noText}</p>
      )}
    </li>
  );
}

function statusText(page: PageState, tryIt: Messages["tryIt"]): string {
  switch (page.status) {
    case "reading":
      return tryIt.pageReading;
    case "done":
      return page.confidence === undefined
        ? ""
        : tryIt.confidence(Math.round(page.confidence * 100));
    case "blank":
      return tryIt.pageBlank;
    case "failed":
      return tryIt.pageFailed;
    case "stopped":
      return tryIt.pageStopped;
  }
}
