/** Puts the page's text together, row by row, and sends it on. */
import type { Line } from "../../../shared/ocr-events.ts";
import type { RotatedBox } from "./geometry.ts";
import type { ReadResult } from "./task.ts";
import { separatorOf } from "./words.ts";

/** A line as it was read, and where in the picture it stands. */
export interface ReadLine extends Line {
  place: RotatedBox;
}

export class PageText {
  readonly #emit: (text: string) => void;
  readonly #lines: Line[] = [];
  /** What comes before the next row. */
  #separator = "";

  constructor(emit: (text: string) => void) {
    this.#emit = emit;
  }

  startBlock(): void {
    if (this.#lines.length > 0) this.#separator = "\n\n";
  }

  /** @param row the lines side by side, from its start. */
  addRow(row: readonly ReadLine[]): void {
    if (row.length === 0) return;
    this.#emit(this.#separator + rowText(row));
    this.#separator = "\n";
    for (const { place: _place, ...line } of row) this.#lines.push(line);
  }

  result(): ReadResult {
    const hasLines = this.#lines.length > 0;
    return { lines: this.#lines, confidence: hasLines ? meanConfidence(this.#lines) : undefined };
  }
}

function rowText(row: readonly ReadLine[]): string {
  let text = "";
  let previous: ReadLine | undefined;
  for (const line of row) {
    if (previous) text += separatorOf(previous.text, line.text, gapBetween(previous, line));
    text += line.text;
    previous = line;
  }
  return text;
}

/** In heights of the first. */
function gapBetween({ place: a }: ReadLine, { place: b }: ReadLine): number {
  const [dx, dy] = [b.center.x - a.center.x, b.center.y - a.center.y];
  const along = dx * Math.cos(a.angle) + dy * Math.sin(a.angle);
  return (along - (a.width + b.width) / 2) / a.height;
}

/** Weighted by length. */
export function meanConfidence(parts: readonly { text: string; confidence: number }[]): number {
  const total = parts.reduce((sum, part) => sum + part.text.length, 0);
  return parts.reduce((sum, part) => sum + part.confidence * part.text.length, 0) / total;
}
