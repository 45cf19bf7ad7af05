/** The line between two panes, which can be moved: with a pointer, or with the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { cn } from "../../lib/cn.ts";

interface SplitterProps {
  /** The first pane's share of the width, 0–1. */
  share: number;
  min: number;
  max: number;
  onChange: (share: number) => void;
  label: string;
  className?: string;
}

const KEY_STEP = 0.02;

export function Splitter({ share, min, max, onChange, label, className }: SplitterProps) {
  const isDragging = useRef(false);
  const change = (next: number): void => onChange(Math.min(max, Math.max(min, next)));
  const onMove = (event: PointerEvent<HTMLDivElement>): void => {
    const frame = event.currentTarget.parentElement?.getBoundingClientRect();
    if (isDragging.current && frame) change((event.clientX - frame.left) / frame.width);
  };
  const onKey = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowLeft: share - KEY_STEP,
      ArrowRight: share + KEY_STEP,
      Home: min,
      End: max,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    change(next);
  };
  return (
    <div
      role="separator"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex: a separator that moves is a control
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuemin={Math.round(min * 100)}
      aria-valuemax={Math.round(max * 100)}
      aria-valuenow={Math.round(share * 100)}
      onKeyDown={onKey}
      onDoubleClick={() => change(0.5)}
      onPointerDown={(event) => {
        isDragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onMove}
      onPointerUp={() => {
        isDragging.current = false;
      }}
      className={cn(
        "group/split relative z-10 print:hidden w-px shrink-0 cursor-col-resize touch-none bg-line",
        "before:absolute before:inset-y-0 before:-inset-x-1.5 hover:bg-accent focus-visible:bg-accent",
        className,
      )}
    />
  );
}
