/** Lets in whoever is logged in, and everybody where nobody has to be; others go to the log-in. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useDeferredValue, useEffect } from "react";
import { AppShell } from "./components/app-shell.tsx";
import { Failure } from "./components/failure.tsx";
import { PageBody } from "./components/page-header.tsx";
import { Skeleton } from "./components/ui/skeleton.tsx";
import { IntakeLayer } from "./features/intake/intake-layer.tsx";
import { currentAccount } from "./lib/session.ts";

export function Gate() {
  const { data, error, refetch } = useQuery(currentAccount);
  // Deferred, a first screen is drawn in slices: on slow phones it would hold up everything else.
  const account = useDeferredValue(data);
  if (account === undefined && error) {
    return (
      <PageBody>
        <Failure error={error} onRetry={() => void refetch()} />
      </PageBody>
    );
  }
  if (account === undefined) return <Waiting />;
  if (account === null) return <ToLogIn />;
  return <AppShell account={account} layers={<IntakeLayer />} />;
}

/** Goes once: while the log-in is being fetched this is still shown, at the log-in's own address. */
function ToLogIn() {
  const router = useRouter();
  const navigate = useNavigate();
  useEffect(() => {
    const { href, pathname } = router.state.location;
    if (pathname !== "/login")
      void navigate({ to: "/login", search: { from: href }, replace: true });
  }, [router, navigate]);
  return <Waiting />;
}

function Waiting() {
  return (
    <PageBody>
      <Skeleton className="h-10 w-48" />
      <Skeleton className="mt-8 h-64 w-full" />
    </PageBody>
  );
}
