/** Where the bars of a chart are, in CSS pixels. */

export const HEIGHT = 168;
/** Room for the words at the left and below. */
export const LEFT = 60;
const BOTTOM = 22;
const TOP = 8;
const GAP_SHARE = 0.28;
const WIDEST = 28;
const ROUND = 3;

export const plotHeight = HEIGHT - TOP - BOTTOM;
export const baseline = HEIGHT - BOTTOM;

export function slotWidth(bars: number, width: number): number {
  return Math.max(0, width - LEFT) / Math.max(1, bars);
}

export function indexAt(x: number, bars: number, width: number): number {
  const index = Math.floor((x - LEFT) / Math.max(1e-6, slotWidth(bars, width)));
  return Math.min(bars - 1, Math.max(0, index));
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The parts of a bar, from the bottom up. What is there at all is never thinner than a line. */
export function partsOf(values: readonly number[], index: number, slot: number, top: number) {
  const width = Math.min(WIDEST, slot * (1 - GAP_SHARE));
  const x = LEFT + slot * (index + 0.5) - width / 2;
  let y = baseline;
  return values.map((value): Box => {
    const height = value === 0 ? 0 : Math.max(1.5, (value / top) * plotHeight);
    y -= height;
    return { x, y, width, height };
  });
}

/** A box with rounded shoulders. */
export function roundedPath({ x, y, width, height }: Box): string {
  const round = Math.min(ROUND, width / 2, height);
  const across = width - 2 * round;
  return `M${x} ${y + height}v${round - height}q0 ${-round} ${round} ${-round}h${across}q${round} 0 ${round} ${round}v${height - round}z`;
}
