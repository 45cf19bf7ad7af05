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

/** @returns the characters, each with the widest gap between its middle and the one before. */
export function measureGaps(
  picture: Picture,
  box: RotatedBox,
  characters: readonly Character[],
): Character[] {
  const columns = Math.max(1, Math.round((box.width / box.height) * COLUMNS));
  const step = box.width / columns;
  const contrasts = columnContrasts(picture, box, { step, reach: 0, columns, core: CORE });
  const least = leastInk(contrasts);
  return characters.map((character, index) => {
    const previous = characters[index - 1];
    if (!previous) return character;
    const from = Math.floor(previous.center * columns);
    const to = Math.ceil(character.center * columns);
    return {
      ...character,
      gapBefore: widestGap(contrasts.subarray(from, to + 1), least) / columns,
    };
  });
}

/** Grain and bands of a bad print have contrast, too: ink has more than the paper of its own line. */
function leastInk(contrasts: Float32Array): number {
  const print = typicalContrast(contrasts);
  const quietest = contrasts.toSorted()[Math.floor(contrasts.length * PAPER_SHARE)] ?? 0;
  const paper = Math.min(quietest, print * MOST_PAPER);
  return paper + (print - paper) * INK_SHARE;
}

/** The longest run of columns with less contrast than print has. */
function widestGap(contrasts: Float32Array, least: number): number {
  let [widest, run] = [0, 0];
  for (const contrast of contrasts) {
    run = contrast > least ? 0 : run + 1;
    widest = Math.max(widest, run);
  }
  return widest;
}
