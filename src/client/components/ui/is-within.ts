/** Whether an event happened on the element or in it. */
import type { RefObject } from "react";

export function isWithin({ current }: RefObject<HTMLElement | null>, { target }: Event): boolean {
  return target instanceof Node && current?.contains(target) === true;
}
