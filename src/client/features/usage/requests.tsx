/** Every request, newest first: a table, or cards where a table has no room. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Failure } from "../../components/failure.tsx";
import { MoreButton } from "../../components/more-button.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useMessages } from "../../lib/language.tsx";
import { isPhone, useMedia } from "../../lib/media.ts";
import { trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";
import { RequestCards } from "./request-cards.tsx";
import { RequestTable } from "./request-table.tsx";

const PAGE = 25;

export function Requests() {
  const text = useMessages(messages);
  const id = useId();
  const isNarrow = useMedia(isPhone);
  const list = useInfiniteQuery(
    trpc.usage.list.infiniteQueryOptions(
      { limit: PAGE },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-4 font-serif text-xl font-semibold">
        {text.list}
      </h2>
      {list.isError && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton className="h-64 w-full" />}
      {items.length > 0 &&
        (isNarrow ? <RequestCards items={items} /> : <RequestTable items={items} />)}
      <MoreButton list={list} />
    </section>
  );
}
