/** The picture of one line as the second recogniser wants it: grey, straight, with a margin. */
import type { RotatedBox } from "../geometry.ts";
import type { Picture } from "../picture.ts";
import { cropToTensor } from "../resample.ts";
import type { Glyph, GreyPicture } from "./tesseract.ts";

/** Pixels of the line's height; less costs accuracy, more only time. */
const HEIGHT = 48;
/** Print that touches the edge is cut off. */
const MARGIN = 10;
const NARROWEST = 8;
/** 400 characters; a longer line is squeezed. */
const WIDEST = 9600;
/** As they are, 0–1. */
const UNCHANGED = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;
/** Most of a line is its paper, so the margin gets the grey that so many of its pixels are below. */
const PAPER_QUANTILE = 0.7;

export function linePicture(picture: Picture, box: RotatedBox): GreyPicture {
  const wanted = Math.round((box.width / box.height) * HEIGHT);
  const inner = Math.min(WIDEST, Math.max(NARROWEST, wanted));
  const levels = cropToTensor(picture, box, inner, HEIGHT, UNCHANGED, 1);
  const line = Uint8Array.from(levels, (level) => Math.round(level * 255));
  const paper = line.toSorted()[Math.floor(line.length * PAPER_QUANTILE)] ?? 255;
  const width = inner + 2 * MARGIN;
  const height = HEIGHT + 2 * MARGIN;
  const data = new Uint8Array(width * height).fill(paper);
  for (let row = 0; row < HEIGHT; row++) {
    data.set(line.subarray(row * inner, (row + 1) * inner), (row + MARGIN) * width + MARGIN);
  }
  return { width, height, data };
}

/** Moves the places of characters from the picture with its margin to the box without. */
export function toBox(glyphs: readonly Glyph[], { width }: GreyPicture): Glyph[] {
  const inner = width - 2 * MARGIN;
  return glyphs.map((glyph) => ({ ...glyph, center: (glyph.center * width - MARGIN) / inner }));
}
