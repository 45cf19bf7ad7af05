/** `?` shows the keys; the list is fetched when somebody asks. */
import { Suspense, lazy, useMemo, useState } from "react";
import { useMessages } from "../lib/language.tsx";
import { useShortcuts } from "../lib/shortcuts.ts";

const messages = { en: { open: "Show these keys" }, zh: { open: "显示快捷键" } };

const ShortcutsDialog = lazy(async () => ({
  default: (await import("./shortcuts-dialog.tsx")).ShortcutsDialog,
}));

export function ShortcutsHelp() {
  const { open } = useMessages(messages);
  const [isOpen, setOpen] = useState<boolean>();
  useShortcuts(useMemo(() => [{ key: "?", label: open, run: () => setOpen(true) }], [open]));
  if (isOpen === undefined) return null;
  return (
    <Suspense>
      <ShortcutsDialog isOpen={isOpen} onClose={() => setOpen(false)} />
    </Suspense>
  );
}
