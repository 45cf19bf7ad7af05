/** One document: its first page, its name, how it stands. */
import { Link } from "@tanstack/react-router";
import { DocumentState } from "../../components/document-state.tsx";
import { PagePicture } from "../../components/page-picture.tsx";
import { Progress } from "../../components/ui/progress.tsx";
import { cn } from "../../lib/cn.ts";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import type { Outputs } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";

export type LibraryDocument = Outputs["documents"]["list"]["items"][number];

interface DocumentRowProps {
  document: LibraryDocument;
  isSelected: boolean;
  onToggle: () => void;
}

export function DocumentRow({ document, isSelected, onToggle }: DocumentRowProps) {
  const text = useMessages(messages);
  const formats = useFormats();
  const { id, name, pages, bytes, createdAt, job } = document;
  const isRunning = job?.state === "running";
  return (
    <li
      className={cn("relative flex items-center gap-3 px-3 py-2.5", isSelected && "bg-accent-wash")}
    >
      <input
        type="checkbox"
        aria-label={text.select(name)}
        checked={isSelected}
        onChange={onToggle}
        className="relative z-10 size-4.5 shrink-0 accent-accent"
      />
      <PagePicture
        documentId={id}
        page={1}
        size={160}
        className="h-14 w-11 shrink-0 overflow-hidden rounded border border-line"
      />
      <div className="min-w-0 flex-1">
        <Link
          to="/documents/$documentId"
          params={{ documentId: id }}
          // The whole row is the link.
          className="block truncate font-medium after:absolute after:inset-0 hover:text-accent-strong"
        >
          {name}
        </Link>
        <p className="mt-0.5 truncate text-xs text-muted tabular-nums">
          {text.pages(pages)} · <span className="max-sm:hidden">{formats.bytes(bytes)} · </span>
          {formats.ago(createdAt)}
        </p>
        {isRunning && (
          <Progress
            share={(job.donePages + job.failedPages) / job.pages}
            label={name}
            className="mt-1.5"
          />
        )}
      </div>
      <DocumentState job={job} />
    </li>
  );
}
