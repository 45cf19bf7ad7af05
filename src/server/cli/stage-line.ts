/** One line on a terminal that tells how far a backup or its restoration is; in a pipe nothing. */
import type { BackupProgress } from "../backup/progress.ts";
import type { ProgressTerminal } from "./progress.ts";

const CLEAR_LINE = "\r\u001b[K";
/** Terminals that are written to more often flicker. */
const EVERY_MS = 50;

const WORDS: Record<BackupProgress["stage"], string> = {
  database: "The database",
  files: "Files of documents",
  verify: "Checking",
};

export class StageLine implements Disposable {
  readonly #terminal: ProgressTerminal;
  #stage = "";
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(terminal: ProgressTerminal) {
    this.#terminal = terminal;
  }

  show({ stage, done, all }: BackupProgress): void {
    const now = performance.now();
    const isDue = stage !== this.#stage || now - this.#drawnAt >= EVERY_MS;
    if (this.#terminal.isTTY !== true || !isDue) return;
    this.#stage = stage;
    this.#drawnAt = now;
    const count = all > 1 ? `: ${done} of ${all}` : " …";
    this.#terminal.write(`${CLEAR_LINE}${WORDS[stage]}${count}`);
  }

  [Symbol.dispose](): void {
    if (this.#stage !== "") this.#terminal.write(CLEAR_LINE);
  }
}
