/** Who is logged in, and the way out. The menu is fetched when somebody wants it. */
import { Suspense, lazy, useRef, useState } from "react";
import { useMessages } from "../lib/language.tsx";

const messages = { en: { account: "Account" }, zh: { account: "账号" } };

const AccountMenu = lazy(async () => ({
  default: (await import("./account-menu.tsx")).AccountMenu,
}));

export function AccountButton({ name }: { name: string }) {
  const text = useMessages(messages);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState<boolean>();
  const [initial = ""] = name;
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={isOpen === true}
        title={name}
        onClick={() => setOpen(isOpen !== true)}
        className="flex min-h-10 items-center justify-center gap-2.5 rounded-lg px-2 py-1.5 text-xs hover:bg-sunken aria-expanded:bg-sunken xl:justify-start xl:px-2 xl:text-left"
      >
        <span
          aria-hidden
          className="inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-wash text-[0.8125rem] font-semibold text-accent-strong uppercase"
        >
          {initial}
        </span>
        <span className="sr-only">{text.account}: </span>
        <span className="sr-only min-w-0 truncate font-medium xl:not-sr-only">{name}</span>
      </button>
      {isOpen !== undefined && (
        <Suspense>
          <AccountMenu anchor={button} isOpen={isOpen} onClose={() => setOpen(false)} name={name} />
        </Suspense>
      )}
    </>
  );
}
