/** One line on a terminal that tells how far it is; in a pipe nothing. */
import { plainName } from "./terminal.ts";

const BAR_CHARS = 20;
/** Terminals that are written to more often flicker. */
const EVERY_MS = 50;
const CLEAR_LINE = "\r\u001b[K";

export interface ProgressTerminal {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

interface Pages {
  done: number;
  /** 0 while it is not known. */
  all: number;
}

export class Progress {
  readonly #terminal: ProgressTerminal;
  readonly #files: number;
  readonly #running = new Map<string, Pages>();
  #ended = 0;
  #drawnAt = -Infinity;
  #isDrawn = false;

  constructor(terminal: ProgressTerminal, files: number) {
    this.#terminal = terminal;
    this.#files = files;
  }

  /** A file begins, or is so far. */
  file(name: string, pages: Pages = { done: 0, all: 0 }): void {
    const isNew = !this.#running.has(name);
    this.#running.set(name, pages);
    this.#draw(isNew);
  }

  fileEnded(name: string): void {
    this.#running.delete(name);
    this.#ended++;
    this.#draw(true);
  }

  /** Before something else is written; the next change draws it again. */
  clear(): void {
    if (this.#isDrawn) this.#terminal.write(CLEAR_LINE);
    this.#isDrawn = false;
  }

  #draw(isDue: boolean): void {
    const { isTTY = false, columns = 80 } = this.#terminal;
    const now = performance.now();
    if (!isTTY || (!isDue && now - this.#drawnAt < EVERY_MS)) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    this.#terminal.write(
      CLEAR_LINE +
        Array.from(this.#line())
          .slice(0, columns - 1)
          .join(""),
    );
  }

  #line(): string {
    const running = [...this.#running.values()];
    const parts = running.map(({ done, all }) => (all === 0 ? 0 : done / all));
    const share = (this.#ended + parts.reduce((sum, part) => sum + part, 0)) / this.#files;
    const full = Math.round(share * BAR_CHARS);
    const bar = "█".repeat(full) + "░".repeat(BAR_CHARS - full);
    const [first] = this.#running;
    const [name = "", { done, all } = { done: 0, all: 0 }] = first ?? [];
    const pages = all > 0 ? `, ${done} of ${all} pages` : "";
    // The name last: it may not fit.
    return `${bar} ${this.#ended} of ${this.#files} files${pages}  ${plainName(name)}`;
  }
}
