/**
 * Whether letters reach as high as capitals, measured in the picture: c, o, s, v, w, x and z differ
 * from their capitals in nothing else, and the recogniser sees each line at its own scale.
 */
import { bowAt } from "./bow.ts";
import type { Character } from "./ctc.ts";
import type { RotatedBox } from "./geometry.ts";
import { LineView } from "./line-view.ts";
import type { Picture } from "./picture.ts";

const SAME_SHAPE = /^[cosvwxzCOSVWXZ]$/;
const HIGH = /^[bdfhkl0-9A-BD-NP-RTUY]$/;
const LOW = /^[aemnru]$/;
/** So many letters of known height, the nearest, tell what is high and what is low beside another. */
const NEIGHBOURS = 3;
/** And not from farther away than this, in heights of the line: perspective, another size of print. */
const FARTHEST = 12;
/** Where high and low differ by less of the line's height, it cannot be told. */
const LEAST_STEP = 0.08;
/** How far a letter rises above the low ones, of the way from them to the high ones: no more than this is low, */
const AS_LOW = { from: -0.25, to: 0.35 };
/** and this much high; beyond is ink of other lines. */
const AS_HIGH = { from: 0.65, to: 1.15 };
/** In print whose ascenders tower above its capitals, these rise less, but by so much of the line's height; else is doubt. */
const LOW_CAPITAL = { share: 0.48, rise: 0.06 };
/** The same where no high letter is near. */
const ALONE = { low: 0.03, high: { from: 0.1, to: 0.22 } };
/** Pixels; in coarse print a blurred edge is as much as the difference. */
const LEAST_RISE = 1.5;

/** Samples across the height of the line, and along it for each height. */
const ROWS = 48;
const COLUMNS = 40;
/** For the levels of paper and ink fewer are enough, of no more than so many columns. */
const SPARSE = { columns: 8, rows: 2, most: 400 };
/** Most of a line is paper; this share of it is ink for certain. */
const CERTAIN_INK = 0.03;
/** At most so many heights to each side of its middle are a letter's own, */
const HALF_LETTER = 0.35;
/** and this share of the way to the middles of its neighbours; */
const OWN_SHARE = 0.42;
/** of an initial more of the way to the word before it, and little of its right: a high letter may follow. */
const INITIAL = { before: 0.6, after: 0.1 };
/** Of the difference between paper and ink; nearer to the paper is blur. */
const INK = 0.5;
/** Levels of 255 between paper and ink. */
const LEAST_CONTRAST = 24;

/** @returns the characters, the initials among those that look like their capitals with `isHigh`. */
export function measureHeights(
  picture: Picture,
  box: RotatedBox,
  characters: readonly Character[],
): readonly Character[] {
  if (!characters.some(({ text }) => SAME_SHAPE.test(text))) return characters;
  const line = new Heights(new Print(picture, box), box, characters);
  return characters.map((character, index) => {
    const isHigh = SAME_SHAPE.test(character.text) ? line.isHigh(index) : undefined;
    return isHigh === undefined ? character : { ...character, isHigh };
  });
}

/** How high the letters of one line reach. */
class Heights {
  readonly #print: Print;
  readonly #box: RotatedBox;
  readonly #characters: readonly Character[];
  readonly #tops = new Map<number, number | undefined>();

  constructor(print: Print, box: RotatedBox, characters: readonly Character[]) {
    this.#print = print;
    this.#box = box;
    this.#characters = characters;
  }

  /** @returns undefined where it cannot be told. */
  isHigh(index: number): boolean | undefined {
    const [high, low] = [this.#near(index, HIGH), this.#near(index, LOW)];
    const top = this.#topOf(index, true);
    if (low === undefined || top === undefined) return undefined;
    const isCoarse = (low - top) * this.#box.height < LEAST_RISE;
    return high === undefined
      ? risesAlone(low - top, isCoarse)
      : rises(low - top, low - high, isCoarse);
  }

  /** The median of the nearest letters of a kind. */
  #near(index: number, kind: RegExp): number | undefined {
    const center = this.#characters[index]?.center ?? 0;
    const distance = (other: number): number =>
      Math.abs((this.#characters[other]?.center ?? 0) - center);
    const tops = this.#characters
      .flatMap(({ text }, other) => (kind.test(text) ? [other] : []))
      .filter((other) => distance(other) * this.#box.width < FARTHEST * this.#box.height)
      .toSorted((a, b) => distance(a) - distance(b))
      .slice(0, NEIGHBOURS)
      .flatMap((other) => this.#topOf(other, false) ?? []);
    return tops.toSorted((a, b) => a - b)[Math.floor(tops.length / 2)];
  }

  #topOf(index: number, isInitial: boolean): number | undefined {
    if (this.#tops.has(index)) return this.#tops.get(index);
    const center = this.#characters[index]?.center ?? 0;
    const before = center - (this.#characters[index - 1]?.center ?? 0);
    const after = (this.#characters[index + 1]?.center ?? 1) - center;
    const widest = (HALF_LETTER * this.#box.height) / this.#box.width;
    const left = Math.min(widest, before * (isInitial ? INITIAL.before : OWN_SHARE));
    const right = isInitial ? widest * INITIAL.after : Math.min(widest, after * OWN_SHARE);
    const top = this.#print.topWithin(center - left, center + right);
    this.#tops.set(index, top);
    return top;
  }
}

/**
 * @param rise above the low letters, in heights of the line.
 * @param step from the low letters to the high ones.
 */
function rises(rise: number, step: number, isCoarse: boolean): boolean | undefined {
  if (step < LEAST_STEP) return undefined;
  // The heights are measured in rows.
  if (rise > step * AS_HIGH.to + 1 / ROWS) return undefined;
  if (rise >= step * AS_HIGH.from) return true;
  const isAbove = rise >= step * LOW_CAPITAL.share && rise >= LOW_CAPITAL.rise;
  if (isAbove && !isCoarse) return true;
  return rise <= step * AS_LOW.to && rise >= step * AS_LOW.from ? false : undefined;
}

function risesAlone(rise: number, isCoarse: boolean): boolean | undefined {
  if (rise >= ALONE.high.from && rise <= ALONE.high.to && !isCoarse) return true;
  return Math.abs(rise) <= ALONE.low ? false : undefined;
}

/** The ink of one line. */
class Print {
  readonly #view: LineView;
  readonly #box: RotatedBox;
  readonly #paper: number;
  /** Signed: below 0 where it is darker than the paper. */
  readonly #contrast: number;

  constructor(picture: Picture, box: RotatedBox) {
    this.#view = new LineView(picture, box);
    this.#box = box;
    const wanted = Math.round((box.width / box.height) * SPARSE.columns);
    const columns = Math.max(1, Math.min(SPARSE.most, wanted));
    const levels = new Uint8Array((columns * ROWS) / SPARSE.rows);
    let count = 0;
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < ROWS; row += SPARSE.rows) {
        levels[count++] = this.#level((column + 0.5) / columns, row) ?? 0;
      }
    }
    levels.sort();
    const at = (share: number): number => levels[Math.floor((levels.length - 1) * share)] ?? 0;
    this.#paper = at(0.5);
    const [darkest, brightest] = [at(CERTAIN_INK), at(1 - CERTAIN_INK)];
    const isDark = this.#paper - darkest >= brightest - this.#paper;
    this.#contrast = (isDark ? darkest : brightest) - this.#paper;
  }

  /** Where the ink of the letter begins, from the top of the line (0) to its bottom (1). */
  topWithin(from: number, to: number): number | undefined {
    if (Math.abs(this.#contrast) < LEAST_CONTRAST) return undefined;
    const { width, height } = this.#box;
    const steps = Math.max(2, Math.round(((to - from) * width * COLUMNS) / height));
    for (let row = 0; row < ROWS; row++) {
      let ink = 0;
      for (let step = 0; step < steps; step++) {
        const level = this.#level(from + ((to - from) * (step + 0.5)) / steps, row);
        if (level !== undefined && (level - this.#paper) / this.#contrast > INK) ink++;
      }
      // More than a speck.
      if (ink >= 2) return row / ROWS;
    }
    return undefined;
  }

  /** @param along the line 0–1. @returns undefined outside of the picture. */
  #level(along: number, row: number): number | undefined {
    const { width, height, bow } = this.#box;
    const u = (along - 0.5) * width;
    const v = ((row + 0.5) / ROWS - 0.5) * height + (bow ? bowAt(bow, along * 2 - 1) : 0);
    return this.#view.levelAt(u, v);
  }
}
