/**
 * The way of a page through the engine: decode → detect → orient → join → fit → layout → for each
 * block in reading order: crop → recognise → words → Markdown. Text leaves row by row.
 */
import type { Line } from "../../../shared/ocr-events.ts";
import type { PageImage } from "../../page-image.ts";
import type { Character } from "./ctc.ts";
import { findLines } from "./deskew.ts";
import { joinFragments } from "./fragments.ts";
import { type RotatedBox, between, boundsOnPage, turnTo } from "./geometry.ts";
import { measureGaps } from "./ink-gaps.ts";
import { fitToInk } from "./ink.ts";
import type { Block } from "./layout/blocks.ts";
import { type Layout, layOut } from "./layout/layout.ts";
import type { Placed } from "./layout/placed.ts";
import { type LatinLanguage, latinLanguages } from "./latin/function-words.ts";
import { LatinPage } from "./latin/page.ts";
import { toLatinMarks } from "./latin-marks.ts";
import { measureHeights } from "./letter-heights.ts";
import { MarkdownWriter } from "./markdown.ts";
import type { Models } from "./models.ts";
import { findDirection } from "./orient.ts";
import { type Picture, readBmp } from "./picture.ts";
import { type Style, TextLine, UNSPACED_SQUEEZE } from "./recognize.ts";
import { type ReadPiece, joinPieces } from "./row-text.ts";
import { isMostlyUnspaced, isUnspaced } from "./spacing.ts";
import { Spelling } from "./spelling.ts";
import type { ReadResult } from "./task.ts";
import { type Word, splitWords } from "./words.ts";

/** Below this mean confidence a line is a texture, a stamp or a drawing that was taken for text. */
const LEAST_CONFIDENCE = 0.5;
/** Boxes up to so many times as wide as high hold a character or two. */
const LONE = 2;
/** How much wider such a one is read again where it is not sure. */
const WIDER = 1.25;
/** Print in lower boxes (pixels) is small or blurred, and is read wider, up to so many times. */
const SMALL_PRINT = 32;
const MOST_STRETCH = 1.5;

/**
 * Reads one page. One at a time in a process: steps use the same memory for one page after the other.
 *
 * @param emit gets each piece of text as soon as it is known.
 * @param languages whose accents are read; English and Chinese always are.
 */
export async function readPage(
  models: Models,
  image: PageImage,
  emit: (text: string) => void,
  signal: AbortSignal,
  languages: readonly LatinLanguage[] = latinLanguages,
): Promise<ReadResult> {
  const picture = readBmp(image);
  const latin = new LatinPage(models, picture, languages);
  const boxes = await findLines(models, picture);
  const { direction, readings } = await findDirection(models, picture, boxes);
  // Samples are cut out of long lines: what stands at their ends is half a word, or another one.
  for (const reading of readings) latin.note(splitWords(reading).slice(1, -1));
  const layout = findLayout(picture, boxes, direction);
  const reader = new LineReader(models, picture, latin, styleOf(readings.flat()), signal);
  const markdown = new MarkdownWriter(emit);
  for (const block of layout.blocks) await readBlock(block, reader, markdown);
  markdown.end();
  return reader.result();
}

/** @param sample of the page's text. */
function styleOf(sample: readonly Character[]): Style {
  const squeeze = isMostlyUnspaced(sample) ? UNSPACED_SQUEEZE : 1;
  return { squeeze, isAlphabetic: !sample.some(({ text }) => isUnspaced(text)) };
}

function findLayout(picture: Picture, boxes: readonly RotatedBox[], direction: number): Layout {
  const lines = joinFragments(boxes.map((box) => turnTo(box, direction)));
  return layOut(
    lines.flatMap((line) => fitToInk(picture, line)),
    direction,
  );
}

async function readBlock(
  block: Block,
  reader: LineReader,
  markdown: MarkdownWriter,
): Promise<void> {
  switch (block.kind) {
    case "text":
      markdown.startText(block);
      for (const row of block.rows) markdown.addRow(await reader.readAll(row));
      return;
    case "table":
      for (const [index, row] of block.rows.entries()) {
        const cells: string[] = [];
        for (const cell of row) cells.push(joinPieces(await reader.readAll(cell)));
        markdown.addTableRow(cells, index === 0);
      }
      return;
  }
  block satisfies never;
}

/** Reads the lines of one page, and keeps what it read. */
class LineReader {
  readonly #models: Models;
  readonly #picture: Picture;
  readonly #latin: LatinPage;
  readonly #style: Style;
  readonly #signal: AbortSignal;
  readonly #spelling: Spelling;
  readonly #lines: Line[] = [];

  constructor(
    models: Models,
    picture: Picture,
    latin: LatinPage,
    style: Style,
    signal: AbortSignal,
  ) {
    this.#models = models;
    this.#picture = picture;
    this.#latin = latin;
    this.#style = style;
    this.#signal = signal;
    this.#spelling = new Spelling(models.words);
  }

  /** What stands in the boxes, without those in which nothing does. */
  async readAll(row: readonly Placed[]): Promise<ReadPiece[]> {
    const pieces: ReadPiece[] = [];
    for (const place of row) {
      this.#signal.throwIfAborted();
      const { box } = place;
      const textLine = new TextLine(this.#models, this.#picture, box);
      const latin = this.#latinMarks(await this.#recognize(textLine, box));
      const reading = measureHeights(this.#picture, box, measureGaps(textLine.ink, latin));
      const simple = splitWords(reading, this.#spelling);
      const words = await this.#latin.improve(simple, reading, box);
      const line = toLine(words, box, this.#picture);
      if (!line || line.confidence < LEAST_CONFIDENCE) continue;
      this.#lines.push(line);
      const { start = 0, end = 0 } = words[0] ?? {};
      const firstWordWidth = (end - start) * box.width;
      pieces.push({ text: line.text, place, firstWordWidth, confidence: line.confidence });
    }
    return pieces;
  }

  /** A lone character has nothing around it that helps: it may be read where it is a little wider. */
  async #recognize(line: TextLine, box: RotatedBox): Promise<Character[]> {
    const style = stretched(this.#style, box);
    const found = await line.recognize(style);
    if (box.width > box.height * LONE || isSure(found)) return found;
    const again = await line.recognize({ ...style, squeeze: style.squeeze * WIDER });
    return isSure(again) ? again : found;
  }

  #latinMarks(line: readonly Character[]): readonly Character[] {
    return this.#style.squeeze === 1 ? toLatinMarks(line) : line;
  }

  result(): ReadResult {
    const hasLines = this.#lines.length > 0;
    return { lines: this.#lines, confidence: hasLines ? meanConfidence(this.#lines) : undefined };
  }
}

function isSure(reading: readonly Character[]): boolean {
  return reading.length > 0 && meanConfidence(reading) >= LEAST_CONFIDENCE;
}

/** Small print is read wider, for the recogniser sees too little in narrow letters. */
function stretched(style: Style, { height }: RotatedBox): Style {
  if (style.squeeze < 1) return style;
  return { ...style, squeeze: Math.min(MOST_STRETCH, Math.max(1, SMALL_PRINT / height)) };
}

function toLine(words: readonly Word[], box: RotatedBox, picture: Picture): Line | undefined {
  if (words.length === 0) return undefined;
  return {
    text: words.map((word) => word.text).join(" "),
    confidence: rounded(meanConfidence(words)),
    box: boundsOnPage(box, picture),
    words: words.map(({ text, confidence, start, end }) => ({
      text,
      confidence: rounded(confidence),
      box: boundsOnPage(between(box, (start - 0.5) * box.width, (end - 0.5) * box.width), picture),
    })),
  };
}

/** Digits that nobody reads would be most of what is sent. */
function rounded(confidence: number): number {
  return Math.round(confidence * 1000) / 1000;
}

/** Weighted by length. */
function meanConfidence(parts: readonly { text: string; confidence: number }[]): number {
  const total = parts.reduce((sum, part) => sum + part.text.length, 0);
  return parts.reduce((sum, part) => sum + part.confidence * part.text.length, 0) / total;
}
