/** Joins what the detection took apart: words and letters beside each other on one line. */
import { bowAt } from "./bow.ts";
import { type RotatedBox, between } from "./geometry.ts";

/** Boxes reach over their print, so those of one line touch; a gutter is wider than this. */
const LARGEST_GAP = 0.1;
/** How far the middles of two pieces may lie apart, in heights, when both are as high as the line. */
const LARGEST_STEP = 0.28;
/** Boxes of less than so many heights in width are crumbs: letters, marks, dirt. */
const CRUMB_WIDTH = 1.6;
/** And when one is a full stop or a hyphen. */
const LARGEST_CRUMB_STEP = 0.45;
const CRUMB_HEIGHT = 0.65;
/** Pieces of one line do not differ more in height. */
const HEIGHT_RATIO = 1.5;
/** Radians. */
const LARGEST_TURN = 0.12;
/** Smaller boxes have no direction of their own. */
const LEAST_ASPECT = 2;

/** @param boxes with their width along the direction of reading. */
export function joinFragments(boxes: readonly RotatedBox[]): RotatedBox[] {
  const isCrumb = ({ width, height }: RotatedBox): boolean => width < height * CRUMB_WIDTH;
  const lines = joinAll(boxes.filter((box) => !isCrumb(box)));
  const crumbs: RotatedBox[] = [];
  // A crumb joins a line, but never two lines: dirt in the gutter would tie columns together.
  for (const crumb of boxes.filter((box) => isCrumb(box))) {
    const index = lines.findIndex((line) => join(line, crumb));
    const line = lines[index];
    const joined = line && join(line, crumb);
    if (joined) lines[index] = joined;
    else crumbs.push(crumb);
  }
  return [...lines, ...joinAll(crumbs)];
}

function joinAll(boxes: readonly RotatedBox[]): RotatedBox[] {
  const lines = boxes.toSorted((a, b) => b.width - a.width);
  for (let i = 0; i < lines.length; i++) {
    for (let j = i + 1; j < lines.length; j++) {
      const [line, piece] = [lines[i], lines[j]];
      const joined = line && piece && join(line, piece);
      if (!joined) continue;
      lines[i] = joined;
      lines.splice(j, 1);
      // The longer line may now reach a piece that was passed over.
      j = i;
    }
  }
  return lines;
}

/** The line with the piece, or undefined where the piece is not of this line. */
function join(line: RotatedBox, piece: RotatedBox): RotatedBox | undefined {
  const { center, width, height, angle, bow } = line;
  const [dx, dy] = [piece.center.x - center.x, piece.center.y - center.y];
  const reach = (width + piece.width) / 2 + height * LARGEST_GAP;
  if (dx * dx + dy * dy > (reach + height) ** 2) return undefined;
  const along = dx * Math.cos(angle) + dy * Math.sin(angle);
  if (Math.abs(along) > reach || piece.height > height * HEIGHT_RATIO) return undefined;
  const middle = bow ? bowAt(bow, Math.min(1, Math.max(-1, (2 * along) / width))) : 0;
  const step = Math.abs(dy * Math.cos(angle) - dx * Math.sin(angle) - middle);
  const isCrumb = piece.height < height * CRUMB_HEIGHT;
  if (step > height * (isCrumb ? LARGEST_CRUMB_STEP : LARGEST_STEP)) return undefined;
  const hasDirection = piece.width > piece.height * LEAST_ASPECT;
  if (hasDirection && !bow && Math.abs(piece.angle - angle) > LARGEST_TURN) return undefined;
  return between(
    line,
    Math.min(-width / 2, along - piece.width / 2),
    Math.max(width / 2, along + piece.width / 2),
  );
}
