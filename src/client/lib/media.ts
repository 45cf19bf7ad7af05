/** Whether a media query holds, for layouts that differ by more than their styles. */
import { useSyncExternalStore } from "react";

/** As Tailwind's `md:` begins. */
export const isPhone = "(max-width: 47.99rem)";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}
