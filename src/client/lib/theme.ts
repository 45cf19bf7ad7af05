/** Light, dark, or what the system says. */
import { useSyncExternalStore } from "react";
import { recallOneOf, remember } from "./storage.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const listeners = new Set<() => void>();

export function currentTheme(): Theme {
  return recallOneOf("theme", themes);
}

/** Before the first paint, so that nothing flashes. */
export function applyTheme(theme = currentTheme()): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function chooseTheme(theme: Theme): void {
  remember("theme", theme);
  applyTheme(theme);
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentTheme);
}
