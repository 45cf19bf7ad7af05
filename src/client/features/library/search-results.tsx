/** Pages on which all words stand, with the words lit. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { Failure } from "../../components/failure.tsx";
import { MoreButton } from "../../components/more-button.tsx";
import { PagePicture } from "../../components/page-picture.tsx";
import { EmptyState } from "../../components/ui/empty-state.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useMessages } from "../../lib/language.tsx";
import { type Outputs, trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";

type Hit = Outputs["documents"]["search"]["items"][number];

export function SearchResults({ query }: { query: string }) {
  const text = useMessages(messages);
  const search = useInfiniteQuery(
    trpc.documents.search.infiniteQueryOptions(
      { query },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: (previous) => previous },
    ),
  );
  if (search.isError) {
    return <Failure error={search.error} onRetry={() => void search.refetch()} />;
  }
  if (search.isPending) return <Skeleton className="h-40 w-full" />;
  const hits = search.data.pages.flatMap((page) => page.items);
  if (hits.length === 0) {
    return (
      <EmptyState icon={<SearchX className="size-8" aria-hidden />} title={text.noHits(query)} />
    );
  }
  return (
    <>
      <p role="status" className="mb-3 text-sm text-muted">
        {text.hits(hits.length, search.hasNextPage)}
      </p>
      <ul className="sheet divide-y divide-line">
        {hits.map((hit) => (
          <HitRow key={`${hit.jobId}/${hit.page}`} hit={hit} />
        ))}
      </ul>
      <MoreButton list={search} />
    </>
  );
}

function HitRow({ hit }: { hit: Hit }) {
  const text = useMessages(messages);
  return (
    <li>
      <Link
        to="/documents/$documentId"
        params={{ documentId: hit.documentId }}
        search={{ page: hit.page, job: hit.jobId }}
        className="flex gap-4 p-4 hover:bg-sunken/60"
      >
        <PagePicture
          documentId={hit.documentId}
          page={hit.page}
          size={160}
          className="h-20 w-15 shrink-0 overflow-hidden rounded border border-line"
        />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-3">
            <span className="truncate font-medium">{hit.documentName}</span>
            <span className="shrink-0 text-xs text-muted">{text.page(hit.page)}</span>
          </span>
          <span className="mt-1 line-clamp-3 block font-serif text-[0.9375rem] leading-relaxed">
            <Lit snippet={hit.snippet} />
          </span>
        </span>
      </Link>
    </li>
  );
}

function Lit({ snippet: { text, hits } }: { snippet: Hit["snippet"] }) {
  const parts = hits.map(([from, to], index) => ({
    from,
    before: text.slice(hits[index - 1]?.[1] ?? 0, from),
    word: text.slice(from, to),
  }));
  return (
    <>
      {parts.map(({ from, before, word }) => (
        <span key={from}>
          {unmarked(before)}
          <mark className="rounded-xs bg-mark px-0.5 text-ink">{word}</mark>
        </span>
      ))}
      {unmarked(text.slice(hits.at(-1)?.[1] ?? 0))}
    </>
  );
}

/** Without the marks of Markdown: cells of a table are kept apart by a dot. */
function unmarked(part: string): string {
  return part.replaceAll(/\s*\|[\s|:-]*/g, " · ").replaceAll(/[*#`]+/g, "");
}
