/** The frame of every screen: the rail (a bar at the bottom of a phone), the page, the news. */
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { BookOpenText, ChartColumn, Library, Settings2, UsersRound } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Announcer } from "../lib/announce.tsx";
import { cn } from "../lib/cn.ts";
import { useMessages } from "../lib/language.tsx";
import type { Outputs } from "../lib/trpc.ts";
import { AccountButton } from "./account-button.tsx";
import { BatchWatch } from "./batch-watch.tsx";
import { EngineStatus } from "./engine-status.tsx";
import { Logo } from "./logo.tsx";
import { ShortcutsHelp } from "./shortcuts-help.tsx";

const messages = {
  en: {
    skip: "Skip to the content",
    navigation: "Main",
    read: "Read",
    library: "Library",
    usage: "Usage",
    settings: "Settings",
    people: "People",
  },
  zh: {
    skip: "跳到内容",
    navigation: "主导航",
    read: "识别",
    library: "文库",
    usage: "用量",
    settings: "设置",
    people: "用户",
  },
};

interface AppShellProps {
  account: Outputs["account"]["me"];
  /** What lies over every screen, such as the place to drop files on. */
  layers?: ReactNode;
}

export function AppShell({ account, layers }: AppShellProps) {
  const text = useMessages(messages);
  const isAdmin = account.role === "admin";
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  // Screen readers should hear where they are after a link of ours, as after any other.
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current !== path) main.current?.focus({ preventScroll: true });
    shown.current = path;
  }, [path]);
  return (
    <div className="print-flow flex min-h-dvh flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-lg focus:bg-ink focus:px-3 focus:py-2 focus:text-canvas"
      >
        {text.skip}
      </a>
      <header className="sticky top-0 z-30 hidden h-dvh w-[4.5rem] shrink-0 flex-col items-center border-r border-line bg-canvas py-4 md:flex print:hidden xl:w-52 xl:items-stretch xl:px-3">
        <Link
          to="/"
          className="mb-5 flex items-center gap-2.5 self-center rounded-lg xl:self-start xl:px-2"
          aria-label="My OCR"
        >
          <Logo className="size-8" />
          <span className="hidden font-serif text-lg font-semibold xl:inline">My OCR</span>
        </Link>
        <nav aria-label={text.navigation} className="flex flex-1 flex-col gap-1">
          <Items text={text} isAdmin={isAdmin} />
        </nav>
        {!account.isAnonymous && <AccountButton name={account.username} />}
        <EngineStatus />
      </header>
      <main
        ref={main}
        id="main"
        tabIndex={-1}
        className="min-w-0 flex-1 pb-20 outline-none md:pb-0"
      >
        <Outlet />
      </main>
      <nav
        aria-label={text.navigation}
        className="fixed inset-x-0 bottom-0 z-30 flex justify-around border-t border-line bg-canvas px-1 pt-1 pb-[max(0.25rem,env(safe-area-inset-bottom))] md:hidden print:hidden"
      >
        <Items text={text} isAdmin={isAdmin} />
      </nav>
      {layers}
      <BatchWatch />
      <ShortcutsHelp />
      <Announcer />
    </div>
  );
}

function Items({ text, isAdmin }: { text: (typeof messages)["en"]; isAdmin: boolean }) {
  return (
    <>
      <Item to="/" label={text.read} icon={BookOpenText} isExact />
      <Item to="/library" label={text.library} icon={Library} />
      <Item to="/usage" label={text.usage} icon={ChartColumn} />
      {isAdmin && <Item to="/people" label={text.people} icon={UsersRound} />}
      <Item to="/settings" label={text.settings} icon={Settings2} />
    </>
  );
}

interface ItemProps {
  to: string;
  label: string;
  icon: typeof Library;
  isExact?: boolean;
}

function Item({ to, label, icon: Icon, isExact = false }: ItemProps) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: isExact }}
      activeProps={{ className: "bg-raised text-ink shadow-sm", "aria-current": "page" }}
      inactiveProps={{ className: "text-muted" }}
      className={cn(
        "flex min-w-14 flex-col items-center gap-1 rounded-lg px-2 py-1.5 text-[0.6875rem] font-medium hover:text-ink",
        "xl:flex-row xl:gap-3 xl:px-3 xl:py-2 xl:text-sm",
      )}
    >
      <Icon className="size-5 xl:size-4.5" aria-hidden />
      {label}
    </Link>
  );
}
