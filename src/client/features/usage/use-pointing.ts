/** Which bar of a chart somebody points at, with the pointer or the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { indexAt } from "./bar-geometry.ts";

export function usePointing(bars: number, width: number) {
  const [index, setIndex] = useState<number>();
  const step = (by: number): void =>
    setIndex((old) => Math.min(bars - 1, Math.max(0, (old ?? bars - 1) + by)));
  const onPointerMove = ({ clientX, currentTarget }: PointerEvent): void => {
    const x = clientX - currentTarget.getBoundingClientRect().left;
    setIndex(indexAt(x, bars, width));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = {
      ArrowLeft: () => step(-1),
      ArrowDown: () => step(-1),
      ArrowRight: () => step(1),
      ArrowUp: () => step(1),
      Home: () => setIndex(0),
      End: () => setIndex(bars - 1),
    }[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  return {
    /** Another range may have fewer bars. */
    index: index !== undefined && index < bars ? index : undefined,
    handlers: {
      onPointerMove,
      onPointerDown: onPointerMove,
      onPointerLeave: () => setIndex(undefined),
      onKeyDown,
      onFocus: () => setIndex((old) => old ?? bars - 1),
      onBlur: () => setIndex(undefined),
    },
  };
}
