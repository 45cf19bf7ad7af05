/** The documents, newest first, with their states live. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { LibraryBig, ListFilter } from "lucide-react";
import { useState } from "react";
import { Failure } from "../../components/failure.tsx";
import { MoreButton } from "../../components/more-button.tsx";
import { Button, buttonClass } from "../../components/ui/button.tsx";
import { EmptyState } from "../../components/ui/empty-state.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useMessages } from "../../lib/language.tsx";
import { trpc } from "../../lib/trpc.ts";
import { DocumentRow } from "./document-row.tsx";
import { type Filter, Filters, isFiltering, noFilter } from "./filters.tsx";
import { messages } from "./messages.ts";
import { SelectionBar } from "./selection-bar.tsx";

/** While something is being read, and while nothing is. */
const LIVE_MS = 1_500;
const RESTING_MS = 15_000;

export function DocumentList() {
  const [filter, setFilter] = useState<Filter>(noFilter);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const list = useDocuments(filter);
  const documents = list.data?.pages.flatMap((page) => page.items) ?? [];
  const toggle = (id: string): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  if (list.isError) return <Failure error={list.error} onRetry={() => void list.refetch()} />;
  const isEmpty = list.isSuccess && documents.length === 0;
  if (isEmpty && !isFiltering(filter)) return <Empty />;
  const chosen = documents.filter(({ id }) => selected.has(id));
  return (
    <>
      <Filters filter={filter} onChange={setFilter} />
      <SelectionBar
        documents={documents}
        selected={chosen}
        onSelect={(ids) => setSelected(new Set(ids))}
      />
      {list.isPending && <Skeleton className="h-64 w-full" />}
      {isEmpty && <NothingFits onClear={() => setFilter(noFilter)} />}
      <ul className="sheet divide-y divide-line empty:hidden">
        {documents.map((document) => (
          <DocumentRow
            key={document.id}
            document={document}
            isSelected={selected.has(document.id)}
            onToggle={() => toggle(document.id)}
          />
        ))}
      </ul>
      <MoreButton list={list} />
    </>
  );
}

function useDocuments({ name, fileType, state }: Filter) {
  const input = {
    limit: 30,
    ...(name.trim() !== "" && { name: name.trim() }),
    ...(fileType !== "" && { fileType }),
    ...(state !== "" && { state }),
  };
  return useInfiniteQuery(
    trpc.documents.list.infiniteQueryOptions(input, {
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: (previous) => previous,
      refetchInterval: ({ state: { data } }) => {
        const items = data?.pages.flatMap((page) => page.items) ?? [];
        const isLive = items.some(({ job }) => job?.state === "queued" || job?.state === "running");
        return isLive ? LIVE_MS : RESTING_MS;
      },
    }),
  );
}

function Empty() {
  const text = useMessages(messages);
  return (
    <EmptyState
      icon={<LibraryBig className="size-8" aria-hidden />}
      title={text.emptyTitle}
      action={
        <Link to="/" className={buttonClass("primary")}>
          {text.emptyAction}
        </Link>
      }
    >
      {text.emptyDetail}
    </EmptyState>
  );
}

function NothingFits({ onClear }: { onClear: () => void }) {
  const text = useMessages(messages);
  return (
    <EmptyState
      icon={<ListFilter className="size-8" aria-hidden />}
      title={text.noneTitle}
      action={<Button onClick={onClear}>{text.noneAction}</Button>}
    >
      {text.noneDetail}
    </EmptyState>
  );
}
