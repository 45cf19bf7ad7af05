/** The gaps between the characters of a line, measured in the picture: finer than a recogniser sees. */
import type { Character } from "./ctc.ts";
import type { RotatedBox } from "./geometry.ts";
import { INK_SHARE, columnContrasts, typicalContrast } from "./ink.ts";
import type { Picture } from "./picture.ts";

/** Columns for each height of the box in width. */
const COLUMNS = 40;
/** Of the height, so much is looked at: strokes of the neighbours and most rules lie outside. */
const CORE = 0.8;

/** @returns the characters, each with the widest gap between its middle and the one before. */
export function measureGaps(
  picture: Picture,
  box: RotatedBox,
  characters: readonly Character[],
): Character[] {
  const columns = Math.max(1, Math.round((box.width / box.height) * COLUMNS));
  const step = box.width / columns;
  const contrasts = columnContrasts(picture, box, { step, reach: 0, columns, core: CORE });
  const least = typicalContrast(contrasts) * INK_SHARE;
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

/** The longest run of columns with less contrast than print has. */
function widestGap(contrasts: Float32Array, least: number): number {
  let [widest, run] = [0, 0];
  for (const contrast of contrasts) {
    run = contrast > least ? 0 : run + 1;
    widest = Math.max(widest, run);
  }
  return widest;
}
