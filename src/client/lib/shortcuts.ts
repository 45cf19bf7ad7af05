/** Keys that do something, and the list of them that `?` shows. */
import { useEffect, useSyncExternalStore } from "react";

export interface Shortcut {
  /** As `KeyboardEvent.key` has it, with `Mod+` for Ctrl or Command. */
  key: string;
  /** What it does, in the reader's language. */
  label: string;
  run: () => void;
}

let active: readonly Shortcut[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Shortcut[]): void {
  active = next;
  for (const listener of listeners) listener();
}

/** The keys work as long as the component lives, except while somebody types. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    change([...active, ...shortcuts]);
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || isTyping(event.target)) return;
      const isMod = event.ctrlKey || event.metaKey;
      const pressed = `${isMod ? "Mod+" : ""}${event.key}`;
      const shortcut = shortcuts.find(({ key }) => key === pressed);
      if (!shortcut) return;
      event.preventDefault();
      shortcut.run();
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
      change(active.filter((one) => !shortcuts.includes(one)));
    };
  }, [shortcuts]);
}

export function useActiveShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => active,
  );
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isField = target.matches("input, textarea, select, [contenteditable]");
  return isField || target.closest("[role=dialog], [role=menu]") !== null;
}
