/**
 * The page's text as Markdown, row by row as it is read: headings, paragraphs joined across their
 * lines, lists, tables. The characters of the text stay what they are wherever that is possible.
 */
import type { TextBlock } from "./layout/blocks.ts";
import { type Shape, isIndented, isRowFull, shapeOf } from "./layout/paragraph.ts";
import { type Placed, heightOf } from "./layout/placed.ts";
import { withoutLeaders } from "./leaders.ts";
import { escapeStart, isListItem, isTitle, tableCell, withMarkdownBullet } from "./marks.ts";
import { type ReadPiece, areUnspaced, joinPieces } from "./row-text.ts";

/** A heading so many times as high as the body text is one of the first order. */
const FIRST_ORDER = 1.75;
/** Confidence below which large letters are handwriting, or nothing at all, rather than a heading. */
const SURE = 0.8;
/** In heights: how far the lines of a list's item stand in from its mark. */
const HANGING = 0.5;

export class MarkdownWriter {
  readonly #emit: (text: string) => void;
  /** What comes before the next text. */
  #separator = "";
  /** A hyphen at a line's end, held back until the next line tells whether it is one. */
  #held = "";
  #block: { shape: Shape; mark: string } | undefined;
  /** The end of the block before: its paragraph may go on in the next column. */
  #open: { last: Placed; shape: Shape } | undefined;
  /** The last character of the last row. */
  #last = "";
  #previous: readonly ReadPiece[] | undefined;
  /** Where the list's present item begins. */
  #itemLeft: number | undefined;
  /** A table's first row that says anything is its head. */
  #needsRule = false;
  #hasText = false;

  constructor(emit: (text: string) => void) {
    this.#emit = emit;
  }

  startText(block: TextBlock): void {
    this.#startBlock();
    const shape = shapeOf(block.rows, block.columnRight);
    if (block.keepsBreaks) shape.isParagraph = false;
    this.#block = { shape, mark: headingMark(block) };
  }

  addRow(pieces: readonly ReadPiece[]): void {
    if (pieces.length === 0 || !this.#block) return;
    const { mark } = this.#block;
    const raw = joinPieces(pieces);
    const mayBegin = isTitle(raw) && pieces.every(({ confidence }) => confidence >= SURE);
    const isHeading = mark !== "" && (this.#previous !== undefined || mayBegin);
    if (!isHeading) this.#block.mark = "";
    const isItem = !isHeading && isListItem(raw);
    const text = isHeading ? raw : escapeStart(withMarkdownBullet(raw));
    if (this.#previous) this.#continue(text, isItem, pieces);
    else if (!isItem && this.#goesOn(text, pieces)) this.#join(text);
    else this.end();
    if (isHeading && !this.#previous) this.#write(mark);
    const hyphen = /(?<=\p{L})[-‐]$/u.exec(text)?.[0] ?? "";
    this.#write(text.slice(0, text.length - hyphen.length));
    this.#held = hyphen;
    this.#last = text.slice(-1);
    this.#previous = pieces;
    if (isItem) this.#itemLeft = pieces[0]?.place.left;
  }

  /** @param cells the text of each column, of one row; the first row is the head. */
  addTableRow(cells: readonly string[], isHead: boolean): void {
    if (isHead) this.#startBlock();
    this.#needsRule ||= isHead;
    // Nothing was read where something had been found.
    if (cells.every((cell) => cell === "")) return;
    this.end();
    const row = `| ${withoutLeaders(cells).map(tableCell).join(" | ")} |`;
    const rule = this.#needsRule ? `\n|${cells.map(() => " --- |").join("")}` : "";
    this.#needsRule = false;
    this.#write(row + rule);
    this.#separator = "\n";
  }

  /** Call it after the last row of the page. */
  end(): void {
    if (this.#held !== "") this.#emit(this.#held);
    this.#held = "";
  }

  #startBlock(): void {
    const last = this.#previous?.at(-1)?.place;
    const shape = this.#block?.shape;
    this.#open = last && shape?.isParagraph === true ? { last, shape } : undefined;
    if (this.#hasText) this.#separator = "\n\n";
    this.#previous = undefined;
    this.#block = undefined;
    this.#itemLeft = undefined;
    this.#needsRule = false;
  }

  /** Decides what stands between the last row and this one of the same block. */
  #continue(text: string, isItem: boolean, pieces: readonly ReadPiece[]): void {
    if (!isItem && (this.#isFull(pieces) || this.#isOfItem(pieces))) {
      this.#join(text);
    } else {
      this.end();
      this.#separator = this.#beginsParagraph(pieces) ? "\n\n" : "\n";
    }
  }

  /** The line before was broken to fit: puts the two together. */
  #join(text: string): void {
    if (this.#held !== "" && /^\p{Ll}/u.test(text)) {
      this.#held = "";
      this.#separator = "";
      return;
    }
    const last = this.#held || this.#last;
    this.end();
    // Between lines of Chinese a space would be wrong, and Markdown makes one paragraph of both.
    this.#separator = last === "-" ? "" : areUnspaced(last, text) ? "\n" : " ";
  }

  /** Whether the first row of a block goes on with the paragraph before it. */
  #goesOn(text: string, [first]: readonly ReadPiece[]): boolean {
    if (!this.#open || !first || !/^\p{Ll}/u.test(text)) return false;
    return this.#held !== "" || isRowFull(this.#open.last, this.#open.shape, first.firstWordWidth);
  }

  /** Whether the next row's first word had no room on the last row: the line was broken to fit. */
  #isFull(next: readonly ReadPiece[]): boolean {
    const last = this.#previous?.at(-1)?.place;
    if (!this.#block || !last) return false;
    const { shape, mark } = this.#block;
    if (mark !== "") return true;
    if (!shape.isParagraph || this.#beginsParagraph(next)) return false;
    return isRowFull(last, shape, next[0]?.firstWordWidth);
  }

  #beginsParagraph([first]: readonly ReadPiece[]): boolean {
    if (!first || !this.#block?.shape.isParagraph || this.#held !== "") return false;
    return this.#itemLeft === undefined && isIndented(first.place, this.#block.shape);
  }

  /** Whether the row goes on with a list's item: it hangs under its text, and had no room before. */
  #isOfItem([first]: readonly ReadPiece[]): boolean {
    const last = this.#previous?.at(-1)?.place;
    if (!first || !last || !this.#block || this.#itemLeft === undefined) return false;
    const hangs = first.place.left > this.#itemLeft + heightOf(first.place) * HANGING;
    return hangs && isRowFull(last, this.#block.shape, first.firstWordWidth);
  }

  #write(text: string): void {
    if (text === "") return;
    this.#emit(this.#separator + text);
    this.#separator = "";
    this.#hasText = true;
  }
}

function headingMark({ headingRatio }: TextBlock): string {
  if (headingRatio === 0) return "";
  return headingRatio >= FIRST_ORDER ? "# " : "## ";
}
