/**
 * Which text is rendered next. Much of it may come into view at once, as when a job's pages end in
 * the same second; rendering all of it in one go would freeze the page, so its parts take turns: as
 * many in a frame as fit, those of the page that is being read first.
 */
import { createContext, use, useEffect, useState } from "react";
import { flushSync } from "react-dom";

/** Of a frame's 16 ms: layout and painting want the rest. */
const BUDGET_MS = 6;

interface Waiting {
  page: number;
  begin: () => void;
}

export class Turns {
  readonly #currentPage: () => number;
  readonly #waiting = new Set<Waiting>();
  #frame = 0;

  /** @param currentPage the one that its reader is at. */
  constructor(currentPage: () => number) {
    this.#currentPage = currentPage;
  }

  /** @returns how to wait no longer. */
  wait(page: number, begin: () => void): () => void {
    const waiting = { page, begin };
    this.#waiting.add(waiting);
    this.#schedule();
    return () => this.#waiting.delete(waiting);
  }

  /** All at once, however long it takes. */
  takeAll(): void {
    for (let next = this.#next(); next; next = this.#next()) this.#give(next);
  }

  #schedule(): void {
    if (this.#frame !== 0 || this.#waiting.size === 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#take();
      this.#schedule();
    });
  }

  #take(): void {
    const until = performance.now() + BUDGET_MS;
    do {
      const next = this.#next();
      if (!next) return;
      this.#give(next);
    } while (performance.now() < until);
  }

  #give(next: Waiting): void {
    this.#waiting.delete(next);
    // At once, so that the time it takes is known.
    flushSync(next.begin);
  }

  /** Of the nearest page; parts of a page wait in their order. */
  #next(): Waiting | undefined {
    const current = this.#currentPage();
    let next: Waiting | undefined;
    for (const waiting of this.#waiting) {
      const isNearer = !next || Math.abs(waiting.page - current) < Math.abs(next.page - current);
      if (isNearer) next = waiting;
    }
    return next;
  }
}

export const TurnsContext = createContext<Turns | undefined>(undefined);

/** Whether the part's turn has come; it stays so. */
export function useTurn(page: number): boolean {
  const turns = use(TurnsContext);
  const [isDue, setDue] = useState(turns === undefined);
  useEffect(() => {
    if (!turns || isDue) return undefined;
    return turns.wait(page, () => setDue(true));
  }, [turns, page, isDue]);
  return isDue;
}
