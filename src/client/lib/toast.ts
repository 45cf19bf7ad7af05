/** Short news at the edge of the page. What shows them is fetched with the first one. */

export interface Toast {
  title: string;
  description?: string;
  isError: boolean;
}

type Show = (toast: Toast) => void;

let show: Show | undefined;
const waiting: Toast[] = [];
const listeners = new Set<() => void>();

/** Says it on the page, and to screen readers. */
export function toast(
  title: string,
  { description, isError = false }: { description?: string; isError?: boolean } = {},
): void {
  const entry = { title, isError, ...(description !== undefined && { description }) };
  if (show) show(entry);
  else waiting.push(entry);
  for (const listener of listeners) listener();
}

/** For what shows them. */
export function onToast(shower: Show): () => void {
  show = shower;
  for (const entry of waiting.splice(0)) shower(entry);
  return () => {
    show = undefined;
  };
}

export function hasToasts(): boolean {
  return show !== undefined || waiting.length > 0;
}

export function listenToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
