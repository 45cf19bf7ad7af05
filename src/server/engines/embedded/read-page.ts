/**
 * The way of a page through the engine: decode → detect → orient → join → fit → layout → for each block in reading order:
 * crop → recognise → words → text. Text leaves block by block.
 */
import type { PageImage } from "../../page-image.ts";
import { detectLines } from "./detect.ts";
import { joinFragments } from "./fragments.ts";
import { type RotatedBox, boundsOnPage, turnTo } from "./geometry.ts";
import { fitToInk } from "./ink.ts";
import { type Block, type Row, layOut } from "./layout.ts";
import type { Models } from "./models.ts";
import { findDirection } from "./orient.ts";
import { PageText, type ReadLine, meanConfidence } from "./page-text.ts";
import { type Picture, decodeBmp } from "./picture.ts";
import { recognizeLine } from "./recognize.ts";
import type { ReadResult } from "./task.ts";
import { type Word, splitWords } from "./words.ts";

/** Below this mean confidence a line is a texture, a stamp or a drawing that was taken for text. */
const LEAST_CONFIDENCE = 0.5;

/** @param emit gets each piece of text as soon as it is known. */
export async function readPage(
  models: Models,
  image: PageImage,
  emit: (text: string) => void,
  signal: AbortSignal,
): Promise<ReadResult> {
  const picture = decodeBmp(image);
  const boxes = await detectLines(models, picture);
  const direction = await findDirection(models, picture, boxes);
  const lines = joinFragments(boxes.map((box) => turnTo(box, direction))).flatMap((line) =>
    fitToInk(picture, line),
  );
  const page = new PageText(emit);
  for (const block of layOut(lines, direction)) {
    await readBlock(models, picture, block, page, signal);
  }
  return page.result();
}

async function readBlock(
  models: Models,
  picture: Picture,
  block: Block,
  page: PageText,
  signal: AbortSignal,
): Promise<void> {
  page.startBlock();
  for (const row of block) {
    signal.throwIfAborted();
    page.addRow(await readRow(models, picture, row));
  }
}

async function readRow(models: Models, picture: Picture, row: Row): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  for (const box of row) {
    const words = splitWords(await recognizeLine(models, picture, box));
    const line = toLine(words, box, picture);
    if (line && line.confidence >= LEAST_CONFIDENCE) lines.push(line);
  }
  return lines;
}

function toLine(words: readonly Word[], place: RotatedBox, picture: Picture): ReadLine | undefined {
  if (words.length === 0) return undefined;
  return {
    text: words.map((word) => word.text).join(" "),
    confidence: meanConfidence(words),
    box: boundsOnPage(place, picture),
    place,
  };
}
