/** The line over a page's text: its number, how sure its text is, what can be done with it. */
import { Copy, History, Pencil, RotateCcw, Undo2 } from "lucide-react";
import { Suspense, lazy, useState } from "react";
import type { PageView } from "../../../shared/job-view.ts";
import { Chip } from "../../components/ui/chip.tsx";
import { IconButton } from "../../components/ui/icon-button.tsx";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";
import { DOUBT, lookOf } from "./progress.ts";
import { useRoom } from "./room.ts";
import { useCopy } from "./use-copy.ts";
import { useRestore } from "./use-restore.ts";

const VersionsDialog = lazy(async () => ({
  default: (await import("./versions-dialog.tsx")).VersionsDialog,
}));

interface PageHeadProps {
  page: number;
  view: PageView | undefined;
}

export function PageHead({ page, view }: PageHeadProps) {
  const text = useMessages(messages);
  return (
    <header className="mb-4 flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1">
      <h2 id={`page-${page}`} className="text-xs font-semibold tracking-wide text-muted">
        {text.page(page)}
      </h2>
      {view && <Standing view={view} />}
      <span className="flex-1" />
      {view && <Actions view={view} />}
    </header>
  );
}

function Standing({ view }: { view: PageView }) {
  const text = useMessages(messages);
  const formats = useFormats();
  const look = lookOf(view);
  if (look === "reading") return <Chip tone="accent">{text.looks.reading}</Chip>;
  if (look === "edited") return <Chip>{text.looks.edited}</Chip>;
  if (view.confidence === undefined || look === "failed") return null;
  const share = text.confidence(formats.percent(view.confidence));
  return (
    <span title={text.confidenceHint}>
      {view.confidence < DOUBT.page ? (
        <Chip tone="warn">{share}</Chip>
      ) : (
        <span className="text-xs text-muted">{share}</span>
      )}
    </span>
  );
}

function Actions({ view: { page, state, text: markdown, version, origin } }: { view: PageView }) {
  const text = useMessages(messages);
  const { job, edit, editing, retry } = useRoom();
  const [hasVersions, setVersions] = useState<boolean>();
  const copy = useCopy();
  const restore = useRestore();
  const isResting = state !== "running" && state !== "pending";
  if (!isResting || editing === page) return null;
  const icon = "size-4";
  return (
    <div className="flex items-center gap-0.5 print:hidden">
      {origin === "edit" && version > 1 && (
        <IconButton
          label={text.undoEdit}
          icon={<Undo2 className={icon} aria-hidden />}
          onClick={() => restore.mutate({ id: job.id, page, version: version - 1 })}
        />
      )}
      {markdown !== "" && (
        <IconButton
          label={text.copyPage}
          shortcut="C"
          icon={<Copy className={icon} aria-hidden />}
          onClick={() => copy(markdown, text.copied(page))}
        />
      )}
      <IconButton
        label={text.edit}
        shortcut="E"
        icon={<Pencil className={icon} aria-hidden />}
        onClick={() => edit(page)}
      />
      <IconButton
        label={text.readAgain}
        shortcut="R"
        icon={<RotateCcw className={icon} aria-hidden />}
        onClick={() => retry(page)}
      />
      {version > 0 && (
        <IconButton
          label={text.versions}
          icon={<History className={icon} aria-hidden />}
          onClick={() => setVersions(true)}
        />
      )}
      {hasVersions !== undefined && (
        <Suspense>
          <VersionsDialog page={page} isOpen={hasVersions} onClose={() => setVersions(false)} />
        </Suspense>
      )}
    </div>
  );
}
