/**
 * The page's text as Markdown, row by row as it is read: headings, paragraphs joined across their
 * lines, lists, tables. The characters of the text stay what they are wherever that is possible.
 */
import type { TextBlock } from "./layout/blocks.ts";
import { type Placed, type Row, heightOf, spanOf, widthOf } from "./layout/placed.ts";
import { separatorOf } from "./words.ts";

/** A piece of a row as it was read. */
export interface ReadPiece {
  text: string;
  place: Placed;
  /** Pixels along its line that its first word takes. */
  firstWordWidth: number;
}

/** A heading so many times as high as the body text is one of the first order. */
const FIRST_ORDER = 1.75;
const HEADING_CHARS = 120;
/** Share of a heading's characters that are letters; prices and numbers are none. */
const HEADING_LETTERS = 0.6;
/** Share of a paragraph's rows that reach its right edge. */
const FULL_ROWS = 0.5;
/** In heights: how far the lines of a list's item stand in from its mark. */
const HANGING = 0.5;
const BULLET = /^(?:[•·●▪■○◦‣∙]\s*|[-–—*]\s+)(?=\S)/u;
const NUMBER = /^(?:\(?\d{1,2}[.)]|\(?[a-z][.)])\s/u;

export class MarkdownWriter {
  readonly #emit: (text: string) => void;
  /** What comes before the next text. */
  #separator = "";
  /** A hyphen at a line's end, held back until the next line tells whether it is one. */
  #held = "";
  #block: { isParagraph: boolean; right: number; mark: string } | undefined;
  #previous: readonly ReadPiece[] | undefined;
  /** Where the list's present item begins. */
  #itemLeft: number | undefined;
  #hasText = false;

  constructor(emit: (text: string) => void) {
    this.#emit = emit;
  }

  startText(block: TextBlock): void {
    this.#startBlock();
    const { right, isParagraph } = paragraphShape(block.rows);
    this.#block = {
      isParagraph: isParagraph && !block.keepsBreaks,
      right,
      mark: headingMark(block),
    };
  }

  addRow(pieces: readonly ReadPiece[]): void {
    if (pieces.length === 0 || !this.#block) return;
    const { mark } = this.#block;
    const raw = joinPieces(pieces);
    const isHeading = mark !== "" && (this.#previous !== undefined || isTitle(raw));
    if (!isHeading) this.#block.mark = "";
    const isItem = !isHeading && (BULLET.test(raw) || NUMBER.test(raw));
    const text = isHeading ? raw : escapeStart(raw.replace(BULLET, "- "));
    if (this.#previous) this.#continue(text, isItem, pieces);
    else if (isHeading) this.#write(mark);
    const hyphen = /(?<=\p{L})[-‐]$/u.exec(text)?.[0] ?? "";
    this.#write(text.slice(0, text.length - hyphen.length));
    this.#held = hyphen;
    this.#previous = pieces;
    if (isItem) this.#itemLeft = pieces[0]?.place.left;
  }

  /** @param cells the text of each column, of one row; the first row is the head. */
  addTableRow(cells: readonly string[], isHead: boolean): void {
    if (isHead) this.#startBlock();
    const row = `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    const rule = isHead ? `\n|${cells.map(() => " --- |").join("")}` : "";
    this.#write(row + rule);
    this.#separator = "\n";
  }

  /** Call it after the last row of the page. */
  end(): void {
    if (this.#held !== "") this.#emit(this.#held);
    this.#held = "";
  }

  #startBlock(): void {
    this.end();
    if (this.#hasText) this.#separator = "\n\n";
    this.#previous = undefined;
    this.#block = undefined;
    this.#itemLeft = undefined;
  }

  /** Decides what stands between the last row and this one of the same block. */
  #continue(text: string, isItem: boolean, pieces: readonly ReadPiece[]): void {
    const isJoined = !isItem && (this.#isFull(pieces) || this.#isOfItem(pieces));
    if (!isJoined) {
      this.end();
      this.#separator = "\n";
    } else if (this.#held !== "" && /^\p{Ll}/u.test(text)) {
      this.#held = "";
      this.#separator = "";
    } else {
      const last = this.#held || (this.#previous?.at(-1)?.text.slice(-1) ?? "");
      this.end();
      const isUnspaced = separatorOf(last, text, 0) === "";
      // Between lines of Chinese a space would be wrong, and Markdown makes one paragraph of both.
      this.#separator = last === "-" ? "" : isUnspaced ? "\n" : " ";
    }
  }

  /** Whether the next row's first word had no room on the last row: the line was broken to fit. */
  #isFull(next: readonly ReadPiece[]): boolean {
    const { isParagraph = false, right = 0 } = this.#block ?? {};
    const last = this.#previous?.at(-1);
    if (this.#block?.mark !== "" && last) return true;
    return isParagraph && last !== undefined && isRowFull(last.place, right, next[0]);
  }

  /** Whether the row goes on with a list's item: it hangs under its text, and had no room before. */
  #isOfItem([first]: readonly ReadPiece[]): boolean {
    const last = this.#previous?.at(-1)?.place;
    if (!first || !last || this.#itemLeft === undefined) return false;
    const hangs = first.place.left > this.#itemLeft + heightOf(first.place) * HANGING;
    return hangs && isRowFull(last, this.#block?.right ?? 0, first);
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

/** Mostly letters, and no sentence. */
function isTitle(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const isWordy = letters >= 3 && letters >= text.replaceAll(/\s/g, "").length * HEADING_LETTERS;
  return isWordy && text.length <= HEADING_CHARS && !/[.,:;]$/.test(text);
}

/** Whether most rows reach the right edge, so that line breaks mean nothing. */
function paragraphShape(rows: readonly Row[]): { right: number; isParagraph: boolean } {
  const right = Math.max(...rows.map((row) => spanOf(row).to));
  const inner = rows.slice(0, -1);
  const full = inner.filter((row) => {
    const { from, to } = spanOf(row);
    return right - to < (right - from) * 0.12;
  });
  return { right, isParagraph: inner.length > 0 && full.length >= inner.length * FULL_ROWS };
}

function isRowFull(last: Placed, right: number, next: ReadPiece | undefined): boolean {
  return right - last.right < (next?.firstWordWidth ?? widthOf(last)) + heightOf(last) * 0.2;
}

/** The pieces of a row as one text. */
export function joinPieces(pieces: readonly ReadPiece[]): string {
  let text = "";
  let previous: ReadPiece | undefined;
  for (const piece of pieces) {
    if (previous) {
      const gap = (piece.place.left - previous.place.right) / heightOf(previous.place);
      text += separatorOf(previous.text, piece.text, gap);
    }
    text += piece.text;
    previous = piece;
  }
  return text;
}

/** Text that would turn into a heading or a quotation. */
function escapeStart(text: string): string {
  return text.replace(/^(#{1,6}\s|>)/, "\\$1");
}
