/** How large the picture is, and everything that changes it: keys, the wheel, two fingers. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { recall, remember } from "../../lib/storage.ts";
import { MARGIN, type Size, type Zoom, clampedZoom, scaleOf, steppedZoom, turned } from "./zoom.ts";

export interface ZoomControl {
  zoom: Zoom;
  /** Of the fitting width. */
  factor: number;
  /** The picture in the window, as it is turned. */
  shown: Size;
  set: (zoom: Zoom) => void;
  step: (step: 1 | -1) => void;
}

interface Anchor {
  /** Where in the picture, 0–1, and where in the pane. */
  share: { x: number; y: number };
  at: { x: number; y: number };
}

/** @param picture its own size; undefined until it is known. */
export function useZoom(
  pane: RefObject<HTMLDivElement | null>,
  picture: Size | undefined,
  quarters: number,
): ZoomControl {
  const [zoom, setZoom] = useState<Zoom>(() => (recall("zoom") === "width" ? "width" : "page"));
  const paneSize = usePaneSize(pane);
  const upright = turned(picture ?? { width: 3, height: 4 }, quarters);
  const scale = scaleOf(zoom, upright, paneSize);
  const factor = scale / scaleOf("width", upright, paneSize);
  const shown = { width: upright.width * scale, height: upright.height * scale };
  const anchor = useRef<Anchor>(undefined);
  useLayoutEffect(() => {
    const element = pane.current;
    if (!anchor.current || !element) return;
    const { share, at } = anchor.current;
    anchor.current = undefined;
    element.scrollTo(share.x * shown.width + MARGIN - at.x, share.y * shown.height + MARGIN - at.y);
  }, [pane, shown.width, shown.height]);
  const set = useCallback((next: Zoom) => {
    if (typeof next === "string") remember("zoom", next);
    setZoom(next);
  }, []);
  const zoomAt = (next: number, clientX?: number, clientY?: number): void => {
    const element = pane.current;
    if (element) anchor.current = anchorOf(element, shown, clientX, clientY);
    setZoom(clampedZoom(next));
  };
  useGestures(pane, (by, x, y) => zoomAt(factor * by, x, y));
  return { zoom, factor, shown, set, step: (step) => zoomAt(steppedZoom(factor, step)) };
}

/** What must stay where it is: the point, or the middle of the pane. */
function anchorOf(element: HTMLElement, shown: Size, clientX?: number, clientY?: number): Anchor {
  const frame = element.getBoundingClientRect();
  const at = {
    x: clientX === undefined ? frame.width / 2 : clientX - frame.left,
    y: clientY === undefined ? frame.height / 2 : clientY - frame.top,
  };
  const share = {
    x: (element.scrollLeft + at.x - MARGIN) / shown.width,
    y: (element.scrollTop + at.y - MARGIN) / shown.height,
  };
  return { share, at };
}

function usePaneSize(pane: RefObject<HTMLDivElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 600, height: 800 });
  useLayoutEffect(() => {
    const element = pane.current;
    if (!element) return undefined;
    const measure = (): void => {
      // Without the bars, which come and go with the size.
      setSize({ width: element.offsetWidth, height: element.offsetHeight });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [pane]);
  return size;
}

type ZoomBy = (by: number, clientX: number, clientY: number) => void;

/** The wheel with Ctrl, which is also how track pads pinch, and two fingers on glass. */
function useGestures(pane: RefObject<HTMLDivElement | null>, zoomBy: ZoomBy): void {
  const latest = useRef(zoomBy);
  useEffect(() => {
    latest.current = zoomBy;
  });
  useEffect(() => {
    const element = pane.current;
    if (!element) return undefined;
    let distance = 0;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      latest.current(Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
    };
    const onTouch = (event: TouchEvent): void => {
      const [one, two] = event.touches;
      if (!one || !two) return;
      event.preventDefault();
      const now = Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
      if (event.type === "touchmove" && distance > 0) {
        const [x, y] = [(one.clientX + two.clientX) / 2, (one.clientY + two.clientY) / 2];
        latest.current(now / distance, x, y);
      }
      distance = now;
    };
    const own = { passive: false };
    element.addEventListener("wheel", onWheel, own);
    element.addEventListener("touchstart", onTouch, own);
    element.addEventListener("touchmove", onTouch, own);
    return () => {
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("touchstart", onTouch);
      element.removeEventListener("touchmove", onTouch);
    };
  }, [pane]);
}
