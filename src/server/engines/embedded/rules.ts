/** Dark upright rules beside a line of print: the edges of columns, tables and forms. They look like an I. */
import { bowAt } from "./bow.ts";
import type { RotatedBox } from "./geometry.ts";
import type { Columns } from "./ink.ts";
import { LineView } from "./line-view.ts";
import type { Picture } from "./picture.ts";

/** A rule goes on where letters end: so far from the middle of the line, in its heights. */
const BEYOND = [0.6, 0.7, 0.8, 0.9];
/** Paper stands so far beside it there, in heights of the line. */
const BESIDE = 0.22;
/** Levels of 255 that it is darker than that paper, */
const LEAST_CONTRAST = 30;
/** and of that so much everywhere along the rule. */
const EVERYWHERE = 0.5;
const SAMPLES = 32;
/** Samples of a line that tell its paper. */
const GRID = { along: 64, across: 8 };

/** @returns for each column 1 where a rule crosses the line, or stands beside such a column. */
export function findRules(
  picture: Picture,
  box: RotatedBox,
  { step, reach, columns }: Pick<Columns, "step" | "reach" | "columns">,
): Uint8Array {
  const rules = new Uint8Array(columns);
  const look = new Look(picture, box);
  for (let column = 0; column < columns; column++) {
    const u = (column - reach + 0.5) * step - box.width / 2;
    if (look.isRuleAt(u)) rules.fill(1, Math.max(0, column - 1), column + 2);
  }
  return rules;
}

/** At the picture, from a box. */
class Look {
  readonly #view: LineView;
  readonly #box: RotatedBox;
  /** What most of the line is. */
  readonly #paper: number;

  constructor(picture: Picture, box: RotatedBox) {
    this.#view = new LineView(picture, box);
    this.#box = box;
    const levels = new Uint8Array(GRID.along * GRID.across);
    for (const index of levels.keys()) {
      const u = ((Math.floor(index / GRID.across) + 0.5) / GRID.along - 0.5) * box.width;
      const v = (((index % GRID.across) + 0.5) / GRID.across - 0.5) * box.height;
      levels[index] = this.#level(u, v);
    }
    this.#paper = levels.sort()[levels.length >> 1] ?? 255;
  }

  isRuleAt(u: number): boolean {
    const { height, width, bow } = this.#box;
    const middle = bow ? bowAt(bow, Math.min(1, Math.max(-1, (2 * u) / width))) : 0;
    const above = this.#ruleAt(u, middle, -height);
    const below = this.#ruleAt(u, middle, height);
    const limit = Math.max(above?.limit ?? 0, below?.limit ?? 0);
    // Most of what is dark there are letters of the lines above and below.
    if (limit === 0 || !this.#isDark(u, middle, limit)) return false;
    const from = above?.v ?? this.#crossingAt(u, middle, -height, limit);
    const to = below?.v ?? this.#crossingAt(u, middle, height, limit);
    if (from === undefined || to === undefined) return false;
    for (let sample = 0; sample <= SAMPLES; sample++) {
      const v = from + ((to - from) * sample) / SAMPLES;
      if (!this.#isDark(u, v, limit)) return false;
    }
    return true;
  }

  /** A rule may lean a little against the line. */
  #isDark(u: number, v: number, limit: number): boolean {
    if (this.#level(u, v) <= limit) return true;
    return this.#level(u - 1, v) <= limit || this.#level(u + 1, v) <= limit;
  }

  /** Where paper stands on both sides of it, and up to which level it is a rule there. */
  #ruleAt(u: number, middle: number, height: number): { v: number; limit: number } | undefined {
    const beside = BESIDE * this.#box.height;
    for (const share of BEYOND) {
      const v = middle + share * height;
      const level = this.#level(u, v);
      const paper = Math.min(this.#level(u - beside, v), this.#level(u + beside, v), this.#paper);
      const contrast = paper - level;
      if (contrast >= LEAST_CONTRAST) return { v, limit: level + contrast * EVERYWHERE };
    }
    return undefined;
  }

  /** Where a level rule meets it. */
  #crossingAt(u: number, middle: number, height: number, limit: number): number | undefined {
    const beside = BESIDE * this.#box.height;
    for (const share of BEYOND) {
      const v = middle + share * height;
      const isDark = this.#level(u, v) <= limit && this.#level(u - beside, v) <= limit;
      if (isDark && this.#level(u + beside, v) <= limit) return v;
    }
    return undefined;
  }

  /** Paper is white outside of the picture. */
  #level(u: number, v: number): number {
    return this.#view.levelAt(u, v) ?? 255;
  }
}
