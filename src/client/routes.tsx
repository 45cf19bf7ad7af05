/**
 * Which screen is at which address. Each is loaded when it is first shown, but for the log-in and
 * the first screen: whoever comes, perhaps over a slow line, need not wait for one file after another.
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { App } from "./app.tsx";
import { Gate } from "./gate.tsx";
import { NotFound } from "./components/not-found.tsx";
import { LoginPage } from "./features/auth/login-page.tsx";
import { ReadPage } from "./features/intake/read-page.tsx";
import { currentAccount, serverInfo } from "./lib/session.ts";
import { queryClient } from "./lib/trpc.ts";

const root = createRootRoute({ component: App, notFoundComponent: NotFound });

/** Everything that belongs to somebody. */
const gate = createRoute({
  getParentRoute: () => root,
  id: "gate",
  // Asked for while the screen's own files come.
  loader: () => void queryClient.prefetchQuery(currentAccount),
  component: Gate,
});

const read = createRoute({
  getParentRoute: () => gate,
  path: "/",
  loader: () => void queryClient.prefetchQuery(serverInfo),
  component: ReadPage,
});

const library = createRoute({
  getParentRoute: () => gate,
  path: "/library",
  component: lazyRouteComponent(() => import("./features/library/library-page.tsx"), "LibraryPage"),
});

const reading = createRoute({
  getParentRoute: () => gate,
  path: "/documents/$documentId",
  validateSearch: ({ page, job }): { page?: number; job?: string } => ({
    ...(typeof page === "number" && { page }),
    ...(typeof job === "string" && { job }),
  }),
  component: lazyRouteComponent(() => import("./features/reading/reading-page.tsx"), "ReadingPage"),
});

const usage = createRoute({
  getParentRoute: () => gate,
  path: "/usage",
  component: lazyRouteComponent(() => import("./features/usage/usage-page.tsx"), "UsagePage"),
});

const settings = createRoute({
  getParentRoute: () => gate,
  path: "/settings",
  component: lazyRouteComponent(
    () => import("./features/settings/settings-page.tsx"),
    "SettingsPage",
  ),
});

const people = createRoute({
  getParentRoute: () => gate,
  path: "/people",
  component: lazyRouteComponent(() => import("./features/people/people-page.tsx"), "PeoplePage"),
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: ({ from }): { from?: string } => (typeof from === "string" ? { from } : {}),
  component: LoginPage,
});

const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  component: lazyRouteComponent(() => import("./features/auth/register-page.tsx"), "RegisterPage"),
});

const routeTree = root.addChildren([
  gate.addChildren([read, library, reading, usage, settings, people]),
  login,
  register,
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
