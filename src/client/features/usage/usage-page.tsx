/** What somebody's requests used: in all, this month, over time, and one by one. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChartColumn, Download } from "lucide-react";
import { Suspense, lazy } from "react";
import { Failure } from "../../components/failure.tsx";
import { PageBody, PageHeader } from "../../components/page-header.tsx";
import { buttonClass } from "../../components/ui/button.tsx";
import { EmptyState } from "../../components/ui/empty-state.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useMessages } from "../../lib/language.tsx";
import { trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";
import { Quota } from "./quota.tsx";
import { Requests } from "./requests.tsx";
import { Totals } from "./totals.tsx";

const Charts = lazy(async () => ({ default: (await import("./charts.tsx")).Charts }));

export function UsagePage() {
  const text = useMessages(messages);
  const summary = useQuery(trpc.usage.summary.queryOptions());
  const account = useQuery(trpc.account.me.queryOptions());
  const hasUsed = summary.data !== undefined && summary.data.requests > 0;
  return (
    <PageBody>
      <PageHeader title={text.title} description={text.lead} actions={hasUsed && <CsvLink />} />
      <div className="flex flex-col gap-10">
        {summary.isError && (
          <Failure error={summary.error} onRetry={() => void summary.refetch()} />
        )}
        {summary.isPending && <Skeleton className="h-32 w-full" />}
        {hasUsed && <Totals sums={summary.data} />}
        {account.data && <Quota quota={account.data.quota} />}
        {summary.data?.requests === 0 && <Nothing />}
        {hasUsed && (
          <>
            <Suspense fallback={<Skeleton className="h-96 w-full" />}>
              <Charts />
            </Suspense>
            <Requests />
          </>
        )}
      </div>
    </PageBody>
  );
}

function CsvLink() {
  const text = useMessages(messages);
  return (
    <a href="/api/users/me/usage.csv" download className={buttonClass()}>
      <Download className="size-4" aria-hidden />
      {text.csv}
    </a>
  );
}

function Nothing() {
  const text = useMessages(messages);
  return (
    <EmptyState
      icon={<ChartColumn className="size-8" aria-hidden />}
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
