/** The accounts that people can log in to, the oldest first. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Failure } from "../../components/failure.tsx";
import { MoreButton } from "../../components/more-button.tsx";
import { Chip } from "../../components/ui/chip.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { cn } from "../../lib/cn.ts";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { type Outputs, trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";
import { UserActions } from "./user-actions.tsx";

export type User = Outputs["admin"]["users"]["list"]["items"][number];

export function UserList({ ownId }: { ownId: number }) {
  const text = useMessages(messages);
  const id = useId();
  const list = useInfiniteQuery(
    trpc.admin.users.list.infiniteQueryOptions({}, { getNextPageParam: (page) => page.nextCursor }),
  );
  return (
    <section aria-labelledby={id} className="min-w-0">
      <h2 id={id} className="mb-4 font-serif text-xl font-semibold">
        {text.list}
      </h2>
      {list.isError && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton className="h-64 w-full" />}
      <ul className="sheet divide-y divide-line empty:hidden">
        {(list.data?.pages ?? [])
          .flatMap((page) => page.items)
          .map((user) => (
            <UserRow key={user.id} user={user} isOwn={user.id === ownId} />
          ))}
      </ul>
      <MoreButton list={list} />
    </section>
  );
}

function UserRow({ user, isOwn }: { user: User; isOwn: boolean }) {
  const text = useMessages(messages);
  const formats = useFormats();
  const isDisabled = user.disabledAt !== null;
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-center gap-2 text-sm">
          <span
            className={cn("truncate font-medium", isDisabled && "text-muted line-through")}
            title={user.username}
          >
            {user.username}
          </span>
          {isOwn && <span className="shrink-0 text-xs text-muted">({text.you})</span>}
        </p>
        <p className="mt-0.5 text-xs text-muted tabular-nums">
          {text.pages(user.pagesThisMonth, formats.number(user.pagesThisMonth))}
          {" · "}
          {text.member(formats.date(user.createdAt))}
        </p>
      </div>
      <span className="flex shrink-0 flex-col items-end gap-1 sm:flex-row">
        {isDisabled && <Chip tone="bad">{text.disabled}</Chip>}
        {user.role === "admin" && <Chip tone="accent">{text.roles.admin}</Chip>}
      </span>
      <UserActions user={user} isOwn={isOwn} />
    </li>
  );
}
