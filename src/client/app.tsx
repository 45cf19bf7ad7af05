/** What every screen stands in, also those of log-in and registration. */
import { Outlet } from "@tanstack/react-router";
import { Suspense, lazy, useSyncExternalStore } from "react";
import { hasToasts, listenToToasts } from "./lib/toast.ts";

const Toasts = lazy(async () => ({ default: (await import("./components/toasts.tsx")).Toasts }));

export function App() {
  const isTold = useSyncExternalStore(listenToToasts, hasToasts);
  return (
    <>
      <Outlet />
      {isTold && (
        <Suspense>
          <Toasts />
        </Suspense>
      )}
    </>
  );
}
