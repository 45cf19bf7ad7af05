/** How far all that is being read is, where it is seen from other tabs: in the name and the icon. */
import { useSyncExternalStore } from "react";

export interface TabProgress {
  /** 0–1. */
  share: number;
  files: number;
}

let present: TabProgress | undefined;
const listeners = new Set<() => void>();

/** @param progress undefined while nothing is being read. */
export function setTabProgress(progress: TabProgress | undefined): void {
  present = progress;
  for (const listener of listeners) listener();
}

export function useTabProgress(): TabProgress | undefined {
  return useSyncExternalStore(listen, () => present);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** In the units of the icon, whose side is 32. */
const RADIUS = 12;
const ROUND = 2 * Math.PI * RADIUS;

/** @returns the address of an icon: a ring that closes. @param share 0–1. */
export function ringIcon(share: number): string {
  const ring = `cx="16" cy="16" r="${RADIUS}" fill="none" stroke-width="7"`;
  const done = (ROUND * share).toFixed(1);
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    `<circle ${ring} stroke="#8a8474" stroke-opacity="0.45"/>` +
    `<circle ${ring} stroke="#14a08f" stroke-dasharray="${done} ${ROUND}" transform="rotate(-90 16 16)"/>` +
    "</svg>";
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
