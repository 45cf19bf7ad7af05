/** Upright rules beside a line of print: the edges of columns, tables and forms. They look like an I. */
import { bowAt } from "./bow.ts";
import type { RotatedBox } from "./geometry.ts";
import type { Columns } from "./ink.ts";
import type { Picture } from "./picture.ts";

/** A rule goes on where letters end: so far from the middle of the line, in its heights. */
const BEYOND = 0.7;
const REACH = 0.95;
/** Paper stands so far beside it there, in heights of the line. */
const BESIDE = 0.22;
/** Levels of 255 that it is darker than that paper; */
const LEAST_CONTRAST = 30;
/** of it, so much everywhere along the rule. */
const EVERYWHERE = 0.5;
const SAMPLES = 32;

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
  readonly #picture: Picture;
  readonly #box: RotatedBox;
  readonly #cos: number;
  readonly #sin: number;

  constructor(picture: Picture, box: RotatedBox) {
    this.#picture = picture;
    this.#box = box;
    this.#cos = Math.cos(box.angle);
    this.#sin = Math.sin(box.angle);
  }

  isRuleAt(u: number): boolean {
    const { height, width, bow } = this.#box;
    const middle = bow ? bowAt(bow, Math.min(1, Math.max(-1, (2 * u) / width))) : 0;
    const above = this.#limit(u, middle - BEYOND * height);
    if (above === undefined) return false;
    const below = this.#limit(u, middle + BEYOND * height);
    if (below === undefined) return false;
    const limit = Math.max(above, below);
    for (let sample = 0; sample <= SAMPLES; sample++) {
      const v = middle + ((2 * sample) / SAMPLES - 1) * REACH * height;
      // It may lean a little against the line.
      const level = Math.min(this.#level(u, v), this.#level(u - 1, v), this.#level(u + 1, v));
      if (level > limit) return false;
    }
    return true;
  }

  /** Up to which level it is a rule, judged where only a rule is dark; undefined where none is. */
  #limit(u: number, v: number): number | undefined {
    const level = this.#level(u, v);
    const beside = BESIDE * this.#box.height;
    const paper = Math.min(this.#level(u - beside, v), this.#level(u + beside, v));
    const contrast = paper - level;
    return contrast < LEAST_CONTRAST ? undefined : level + contrast * EVERYWHERE;
  }

  /** Paper is white outside of the picture. */
  #level(u: number, v: number): number {
    const { width, height, data, channels, origin, stride } = this.#picture;
    const { center } = this.#box;
    const x = Math.floor(center.x + u * this.#cos - v * this.#sin + 0.5);
    const y = Math.floor(center.y + u * this.#sin + v * this.#cos + 0.5);
    if (x < 0 || y < 0 || x >= width || y >= height) return 255;
    return data[origin + y * stride + x * channels + (channels >> 1)] ?? 255;
  }
}
