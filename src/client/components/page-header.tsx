/** The head of a screen: its title, a sentence, what can be done. */
import { type ReactNode, useEffect } from "react";
import { useFormats } from "../lib/format.ts";
import { useTabProgress } from "../lib/tab-progress.ts";

interface PageHeaderProps {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, description, actions }: PageHeaderProps) {
  useDocumentTitle(title);
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pb-6">
      <div className="min-w-0">
        <h1 className="font-serif text-3xl font-semibold tracking-tight">{title}</h1>
        {description !== undefined && <p className="mt-1 text-muted">{description}</p>}
      </div>
      {actions !== undefined && (
        <div className="flex flex-wrap items-center gap-2 max-sm:w-full">{actions}</div>
      )}
    </header>
  );
}

/**
 * Names the tab, with the progress of all that is being read in front.
 *
 * @param ownShare of what the screen itself shows live, 0–1: it stands there unless other files are
 *   being read as well.
 */
export function useDocumentTitle(title: string, ownShare?: number): void {
  const formats = useFormats();
  const all = useTabProgress();
  const isOwn = ownShare !== undefined && (all === undefined || all.files === 1);
  const share = isOwn ? ownShare : all?.share;
  const progress = share === undefined ? "" : `${formats.percent(share)} · `;
  useEffect(() => {
    document.title = `${progress}${title} – My OCR`;
  }, [progress, title]);
}

/** The usual width and margins of a screen that is no reading room. */
export function PageBody({ children }: { children: ReactNode }) {
  return <div className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-8 sm:py-10">{children}</div>;
}
