/** The gaps between the characters of a line, measured in the picture: finer than a recogniser sees. */
import type { Character } from "./ctc.ts";
import type { RotatedBox } from "./geometry.ts";
import { INK_SHARE, columnContrasts, typicalContrast } from "./ink.ts";
import type { Picture } from "./picture.ts";

/** Columns for each height of the box in width. */
const COLUMNS = 40;
/** Of the height, so much is looked at: strokes of the neighbours and most rules lie outside. */
const CORE = 0.8;
/** This share of the columns is paper for certain: the ends of the box alone are more. */
const PAPER_SHARE = 0.05;
/** Of the contrast of print; paper has less, and only a line without gaps has more there. */
const MOST_PAPER = 0.5;

/** A stretch of a line, as shares of it, 0–1. */
export interface Span {
  from: number;
  to: number;
}

/** Where along a line its print stands. Measured once, when somebody asks. */
export class InkColumns {
  readonly #picture: Picture;
  readonly #box: RotatedBox;
  readonly #columns: number;
  #measured: { contrasts: Float32Array; least: number } | undefined;

  constructor(picture: Picture, box: RotatedBox) {
    this.#picture = picture;
    this.#box = box;
    this.#columns = Math.max(1, Math.round((box.width / box.height) * COLUMNS));
  }

  /** The width of the line in its heights. */
  get aspect(): number {
    return this.#box.width / this.#box.height;
  }

  /** The widest stretch without print between two places of the line; of no width where all is print. */
  gapBetween(from: number, to: number): Span {
    const { contrasts, least } = this.#measure();
    const last = Math.min(contrasts.length - 1, Math.ceil(to * this.#columns));
    let [end, widest, run] = [0, 0, 0];
    for (let column = Math.floor(from * this.#columns); column <= last; column++) {
      run = (contrasts[column] ?? 0) > least ? 0 : run + 1;
      if (run > widest) [end, widest] = [column + 1, run];
    }
    return { from: (end - widest) / this.#columns, to: end / this.#columns };
  }

  #measure(): { contrasts: Float32Array; least: number } {
    if (!this.#measured) {
      const columns = this.#columns;
      const step = this.#box.width / columns;
      const shape = { step, reach: 0, columns, core: CORE };
      const contrasts = columnContrasts(this.#picture, this.#box, shape);
      this.#measured = { contrasts, least: leastInk(contrasts) };
    }
    return this.#measured;
  }
}

/** @returns the characters, each with the widest gap between its middle and the one before. */
export function measureGaps(ink: InkColumns, characters: readonly Character[]): Character[] {
  return characters.map((character, index) => {
    const previous = characters[index - 1];
    if (!previous) return character;
    const { from, to } = ink.gapBetween(previous.center, character.center);
    return { ...character, gapBefore: to - from };
  });
}

/** Grain and bands of a bad print have contrast, too: ink has more than the paper of its own line. */
function leastInk(contrasts: Float32Array): number {
  const print = typicalContrast(contrasts);
  const quietest = contrasts.toSorted()[Math.floor(contrasts.length * PAPER_SHARE)] ?? 0;
  const paper = Math.min(quietest, print * MOST_PAPER);
  return paper + (print - paper) * INK_SHARE;
}
