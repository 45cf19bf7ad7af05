/** Keys whose doing changes with every render, registered once for each language. */
import { useEffect, useMemo, useRef } from "react";
import { type Shortcut, useShortcuts } from "../../lib/shortcuts.ts";

/** @param keys always the same ones, in the same order. */
export function useKeys(keys: readonly Shortcut[]): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  const names = keys.map(({ key, label }) => `${key}\n${label}`).join("\0");
  const shortcuts = useMemo(
    () =>
      names.split("\0").map((name, index): Shortcut => {
        const [key = "", label = ""] = name.split("\n");
        return { key, label, run: () => latest.current[index]?.run() };
      }),
    [names],
  );
  useShortcuts(shortcuts);
}
