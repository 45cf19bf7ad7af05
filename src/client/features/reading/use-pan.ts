/** Drags a scrolled pane with the mouse, as a sheet on a table. Fingers scroll anyway. */
import { type PointerEvent, useRef } from "react";

/** Pixels; less is a click. */
const CLICK = 4;

interface Drag {
  x: number;
  y: number;
  left: number;
  top: number;
  hasMoved: boolean;
}

type Handler = (event: PointerEvent<HTMLElement>) => void;

export function usePan(): {
  onPointerDown: Handler;
  onPointerMove: Handler;
  onPointerUp: Handler;
  /** Whether the click that comes now is the end of a drag. */
  wasDragged: () => boolean;
} {
  const drag = useRef<Drag>(undefined);
  const hasMoved = useRef(false);
  return {
    onPointerDown(event) {
      hasMoved.current = false;
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      const { scrollLeft: left, scrollTop: top } = event.currentTarget;
      drag.current = { x: event.clientX, y: event.clientY, left, top, hasMoved: false };
    },
    onPointerMove(event) {
      const begun = drag.current;
      if (!begun) return;
      const [x, y] = [event.clientX - begun.x, event.clientY - begun.y];
      if (!begun.hasMoved && Math.hypot(x, y) < CLICK) return;
      if (!begun.hasMoved) event.currentTarget.setPointerCapture(event.pointerId);
      begun.hasMoved = true;
      hasMoved.current = true;
      event.currentTarget.scrollTo(begun.left - x, begun.top - y);
    },
    onPointerUp() {
      drag.current = undefined;
    },
    wasDragged: () => hasMoved.current,
  };
}
