/** One page among the texts: its head, and its text or what is to be said instead. */
import { memo, useRef } from "react";
import { useLivePage } from "../../lib/live-job.ts";
import { useNear } from "./near.ts";
import { PageEditor } from "./page-editor.tsx";
import { PageHead } from "./page-head.tsx";
import { PageNotice } from "./page-notice.tsx";
import { PX_PER_CHAR, PageText } from "./page-text.tsx";
import { useRoom } from "./room.ts";

/** What the head of a page takes that has not been rendered yet. */
const HEAD_PX = 140;

export const PageSection = memo(function PageSection({ page }: { page: number }) {
  const { live } = useRoom();
  const ref = useRef<HTMLElement>(null);
  const { isNear, height } = useNear(ref);
  const estimate = HEAD_PX + (live?.page(page)?.text.length ?? 0) * PX_PER_CHAR;
  return (
    <section
      ref={ref}
      data-page={page}
      aria-labelledby={`page-${page}`}
      className="border-b border-line px-4 pt-3 pb-10 sm:px-8"
      style={isNear ? undefined : { height: height ?? estimate }}
    >
      {isNear ? (
        <PageBody page={page} />
      ) : (
        <h2 id={`page-${page}`} className="sr-only">
          {page}
        </h2>
      )}
    </section>
  );
});

function PageBody({ page }: { page: number }) {
  const { live, editing, edit } = useRoom();
  const view = useLivePage(live, page);
  const text = view?.text ?? "";
  if (editing === page) {
    return (
      <>
        <PageHead page={page} view={view} />
        <PageEditor page={page} text={text} onClose={() => edit(undefined)} />
      </>
    );
  }
  return (
    <>
      <PageHead page={page} view={view} />
      <PageNotice page={page} view={view} />
      {view && text !== "" && <PageText view={view} />}
    </>
  );
}
