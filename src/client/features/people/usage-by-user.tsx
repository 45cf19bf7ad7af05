/** Who had how many pages read lately. */
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { BarList } from "../../components/bar-list.tsx";
import { Failure } from "../../components/failure.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";

const DAYS = 30;
/** More bars tell nobody more. */
const MOST = 20;

export function UsageByUser() {
  const text = useMessages(messages);
  const { number } = useFormats();
  const id = useId();
  const usage = useQuery(trpc.admin.usageByUser.queryOptions({ days: DAYS }));
  const rows = (usage.data ?? []).slice(0, MOST).map(({ userId, username, pages }) => ({
    key: userId,
    name: username,
    value: pages,
    shown: number(pages),
  }));
  return (
    <section aria-labelledby={id} className="min-w-0">
      <h2 id={id} className="mb-4 font-serif text-xl font-semibold">
        {text.usage}
      </h2>
      {usage.isError && <Failure error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.isPending && <Skeleton className="h-32 w-full" />}
      {usage.data?.length === 0 && <p className="text-sm text-muted">{text.noUsage}</p>}
      <BarList rows={rows} />
    </section>
  );
}
