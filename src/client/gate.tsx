/** Lets in whoever is logged in, and everybody where nobody has to be; others go to the log-in. */
import { useQuery } from "@tanstack/react-query";
import { Navigate, useRouterState } from "@tanstack/react-router";
import { AppShell } from "./components/app-shell.tsx";
import { Failure } from "./components/failure.tsx";
import { PageBody } from "./components/page-header.tsx";
import { Skeleton } from "./components/ui/skeleton.tsx";
import { IntakeLayer } from "./features/intake/intake-layer.tsx";
import { currentAccount } from "./lib/session.ts";

export function Gate() {
  const account = useQuery(currentAccount);
  const path = useRouterState({ select: (state) => state.location.href });
  if (account.isPending) return <Waiting />;
  if (account.isError) {
    return (
      <PageBody>
        <Failure error={account.error} onRetry={() => void account.refetch()} />
      </PageBody>
    );
  }
  if (account.data === null) return <Navigate to="/login" search={{ from: path }} replace />;
  return <AppShell account={account.data} layers={<IntakeLayer />} />;
}

function Waiting() {
  return (
    <PageBody>
      <Skeleton className="h-10 w-48" />
      <Skeleton className="mt-8 h-64 w-full" />
    </PageBody>
  );
}
