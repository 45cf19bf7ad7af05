/** The document's name, which is changed where it stands. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import type { Document } from "../../../shared/jobs.ts";
import { inputClass } from "../../components/ui/field.tsx";
import { cn } from "../../lib/cn.ts";
import { useMessages } from "../../lib/language.tsx";
import { trpc } from "../../lib/trpc.ts";
import { useToldError } from "./use-restore.ts";

const messages = {
  en: { rename: "Rename", label: "Name of the document" },
  zh: { rename: "重命名", label: "文档名称" },
};
const MOST_CHARS = 255;

interface DocumentNameProps {
  document: Document;
  /** Over lines, where there is room for them. */
  isWhole?: boolean;
}

export function DocumentName({ document: { id, name }, isWhole = false }: DocumentNameProps) {
  const text = useMessages(messages);
  const client = useQueryClient();
  const onError = useToldError();
  const [draft, setDraft] = useState<string>();
  const rename = useMutation(
    trpc.documents.rename.mutationOptions({
      onSuccess: (document) => {
        client.setQueryData(trpc.documents.get.queryKey({ id }), document);
        void client.invalidateQueries(trpc.documents.list.pathFilter());
      },
      onError,
    }),
  );
  const commit = (): void => {
    const next = draft?.trim() ?? "";
    if (next !== "" && next !== name) rename.mutate({ id, name: next });
    setDraft(undefined);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter") commit();
    if (event.key === "Escape") setDraft(undefined);
  };
  if (draft !== undefined) {
    return (
      <input
        // oxlint-disable-next-line jsx-a11y/no-autofocus: whoever asked to rename wants to type
        autoFocus
        aria-label={text.label}
        value={draft}
        maxLength={MOST_CHARS}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={onKey}
        className={cn(
          inputClass,
          "h-8 max-w-md min-w-40 flex-1 font-serif text-base font-semibold",
        )}
      />
    );
  }
  return (
    <h1 className="min-w-0 font-serif text-lg font-semibold tracking-tight">
      <button
        type="button"
        title={`${rename.isPending ? rename.variables.name : name} – ${text.rename}`}
        onClick={() => setDraft(name)}
        className={cn(
          "max-w-full rounded-md px-1.5 py-0.5 hover:bg-sunken",
          isWhole ? "line-clamp-4 text-center break-words" : "block truncate text-left",
        )}
      >
        <bdi>{rename.isPending ? rename.variables.name : name}</bdi>
      </button>
    </h1>
  );
}
