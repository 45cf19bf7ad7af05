/**
 * Where a gutter divides a region into columns that are read one after the other. The columns of a
 * table have gutters, too, but are read across: what tells them apart is how their lines stand.
 */
import { type Gutter, findGutters } from "./gutters.ts";
import { type Placed, middleOf, splitBands } from "./placed.ts";
import { COLUMN_ROWS, judge } from "./sides.ts";

export interface Columns {
  above: Placed[];
  left: Placed[];
  right: Placed[];
  below: Placed[];
}

/** So many gutters, the tallest ones, are looked at. */
const CANDIDATES = 16;
/** Free space of so many line heights across the region divides it into bands. */
const BAND_GAP = 0.9;
/** Sections are so many line heights high, and so many apart. */
const SECTION_ROWS = 3;
const SECTION_GAP = 0.3;

/** A heading below the columns is one line, and so many times nearer to what follows it. */
const TAIL_HEIGHT = 2;
const TAIL_NEARER = 0.6;

interface Run {
  gutter: Gutter;
  bands: Placed[][];
  top: number;
  bottom: number;
}

export function findColumns(items: readonly Placed[], lineHeight: number): Columns | undefined {
  const runs = findGutters(items, lineHeight)
    .filter((gutter) => isBetween(gutter, items))
    .slice(0, CANDIDATES)
    .flatMap((gutter) => longestRun(items, gutter, lineHeight) ?? [])
    .toSorted((a, b) => b.bottom - b.top - (a.bottom - a.top));
  const [run] = runs;
  if (!run) return undefined;
  const end = endOfSection(items, runs, lineHeight);
  if (end !== undefined) {
    const above = items.filter((item) => middleOf(item) <= end);
    const below = items.filter((item) => middleOf(item) > end);
    return { above, left: [], right: [], below };
  }
  const isLeft = leftOf(run.gutter);
  const bottom = Math.min(run.bottom, aboveTail(items, run, lineHeight));
  const inside = items.filter((item) => middleOf(item) >= run.top && middleOf(item) <= bottom);
  return {
    above: items.filter((item) => middleOf(item) < run.top),
    left: inside.filter((item) => isLeft(item)),
    right: inside.filter((item) => !isLeft(item)),
    below: items.filter((item) => middleOf(item) > bottom),
  };
}

/** The columns' end without a heading below one of them, which is nearer to what follows. */
function aboveTail(items: readonly Placed[], run: Run, lineHeight: number): number {
  const inside = items.filter((item) => middleOf(item) >= run.top && middleOf(item) <= run.bottom);
  const below = items.filter((item) => middleOf(item) > run.bottom);
  const bands = splitBands(inside, lineHeight * SECTION_GAP);
  const [tail, above] = [bands.at(-1), bands.at(-2)];
  if (!tail || !above || below.length === 0) return run.bottom;
  const tailTop = Math.min(...tail.map((item) => item.top));
  const tailBottom = Math.max(...tail.map((item) => item.bottom));
  const gapBefore = tailTop - Math.max(...above.map((item) => item.bottom));
  const gapAfter = Math.min(...below.map((item) => item.top)) - tailBottom;
  const isOneLine = tailBottom - tailTop < lineHeight * TAIL_HEIGHT;
  if (!isOneLine || gapAfter > gapBefore * TAIL_NEARER) return run.bottom;
  return Math.max(...bands.slice(0, -1).flat().map(middleOf));
}

/** Whether there is enough on both sides for columns. */
function isBetween(gutter: Gutter, items: readonly Placed[]): boolean {
  const isLeft = leftOf(gutter);
  let [left, right] = [0, 0];
  for (const item of items) {
    if (middleOf(item) <= gutter.top || middleOf(item) >= gutter.bottom) continue;
    if (isLeft(item)) left++;
    else right++;
  }
  return Math.min(left, right) >= COLUMN_ROWS;
}

function leftOf({ from, to }: Gutter): (item: Placed) => boolean {
  return (item) => item.left + item.right < from + to;
}

/** The longest run of bands along the gutter that it divides into columns. */
function longestRun(items: readonly Placed[], gutter: Gutter, lineHeight: number): Run | undefined {
  const along = items.filter(
    (item) => middleOf(item) > gutter.top && middleOf(item) < gutter.bottom,
  );
  const isLeft = leftOf(gutter);
  let best: Run | undefined;
  let current: Placed[][] = [];
  let waiting: Placed[][] = [];
  let isProse = false;
  for (const band of splitBands(along, lineHeight * BAND_GAP)) {
    const left = band.filter((item) => isLeft(item));
    const right = band.filter((item) => !isLeft(item));
    const kind = judge(left, right, gutter.to - gutter.from, lineHeight);
    // What stands below columns of prose, such as the labels of figures, is still in them.
    const goesOn: boolean = isProse && kind === "open" && left.length > 0 && right.length > 0;
    isProse = kind === "prose" || goesOn;
    if (kind === "table") current = [];
    if (kind === "table" || (kind === "open" && !goesOn)) {
      waiting = kind === "open" && current.length > 0 ? [...waiting, band] : [];
      continue;
    }
    current = [...current, ...waiting, band];
    waiting = [];
    const run = toRun(gutter, current);
    if (!best || run.bottom - run.top > best.bottom - best.top) best = run;
  }
  return best;
}

function toRun(gutter: Gutter, bands: Placed[][]): Run {
  // A page number between the columns is in neither of them.
  const x = (gutter.from + gutter.to) / 2;
  const beside = bands.flat().filter((item) => item.right < x || item.left > x);
  const middles = beside.map(middleOf);
  return { gutter, bands, top: Math.min(...middles), bottom: Math.max(...middles) };
}

/**
 * Where another gutter ends while the first one goes on, with free space across the region: columns
 * of one section end there, and others begin.
 */
function endOfSection(
  items: readonly Placed[],
  runs: readonly Run[],
  lineHeight: number,
): number | undefined {
  const [first, ...others] = runs;
  if (!first) return undefined;
  const least = lineHeight * SECTION_ROWS;
  const end = others.find(({ gutter, bottom }) => {
    const isAnother =
      gutter.from > first.gutter.to + lineHeight || gutter.to < first.gutter.from - lineHeight;
    if (!isAnother || bottom < first.top + least || bottom > first.bottom - least) return false;
    const above = items.filter((item) => middleOf(item) <= bottom);
    const free = Math.max(...above.map((item) => item.bottom)) + lineHeight * SECTION_GAP;
    return items.every((item) => middleOf(item) <= bottom || item.top > free);
  });
  return end?.bottom;
}
