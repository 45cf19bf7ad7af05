/** The pieces of a row as one text: where the space between two of them is a space of the text. */
import { type Placed, heightOf } from "./layout/placed.ts";
import { FULL_WIDTH_MARK, isUnspaced } from "./spacing.ts";

/** A piece of a row as it was read. */
export interface ReadPiece {
  text: string;
  place: Placed;
  /** Pixels along its line that its first word takes. */
  firstWordWidth: number;
  /** 0–1. */
  confidence: number;
}

/** Beyond so many heights, even characters that are written without spaces stand apart, */
const WIDEST_GAP = 0.6;
/** after a full-width mark, which brings its own gap, */
const WIDEST_GAP_AFTER_MARK = 1.3;
/** and where a name or a heading is spread over the room there is (南 丰, 目 录). */
const WIDEST_GAP_BESIDE_LONE = 1.6;
/** Unless as narrow a gap, give or take, parts words in the same row. */
const LIKE_GAP = 1.2;

interface Gap {
  before: string;
  after: string;
  /** In line heights. */
  width: number;
}

export function joinPieces(pieces: readonly ReadPiece[]): string {
  const gaps = pieces.slice(1).map((piece, index) => gapBetween(pieces[index] ?? piece, piece));
  const between = gaps.map((gap) => (isSpace(gap, gaps) ? " " : ""));
  return pieces.map(({ text }, index) => (between[index - 1] ?? "") + text).join("");
}

/** Whether two texts, one after the other, are written without a space between them. */
export function areUnspaced(before: string, after: string): boolean {
  return isUnspaced(before.slice(-1)) && isUnspaced(after.slice(0, 1));
}

function gapBetween(before: ReadPiece, after: ReadPiece): Gap {
  const height = Math.min(heightOf(before.place), heightOf(after.place));
  const width = (after.place.left - before.place.right) / height;
  return { before: before.text, after: after.text, width };
}

function isSpace(gap: Gap, all: readonly Gap[]): boolean {
  const { before, after, width } = gap;
  if (!areUnspaced(before, after)) return true;
  if (FULL_WIDTH_MARK.test(before.slice(-1))) return width >= WIDEST_GAP_AFTER_MARK;
  if (!isBesideLone(gap)) return width >= WIDEST_GAP;
  const partsWords = all.some(
    (other) =>
      areUnspaced(other.before, other.after) &&
      !isBesideLone(other) &&
      other.width < width * LIKE_GAP,
  );
  return width >= (partsWords ? WIDEST_GAP : WIDEST_GAP_BESIDE_LONE);
}

/** Whether one of both is a single character. */
function isBesideLone({ before, after }: Gap): boolean {
  return before.length === 1 || after.length === 1;
}
