/**
 * From the columns of the recognition model to characters, with what else each could have been.
 * Greedy: of neighbouring columns with the same best class one character, blanks dropped; two where
 * all paths together say so, for the best path alone loses one of two narrow letters. Source:
 * Graves et al., "Connectionist Temporal Classification" (ICML 2006), best path decoding and the
 * forward algorithm.
 */

/** What the model also saw; "" stands for no character at all. */
export interface Alternative {
  text: string;
  /** How much less likely than what was read: the difference of the log probabilities, above 0. */
  cost: number;
}

/** A character and where along its line it stands, 0–1. */
export interface Character {
  text: string;
  confidence: number;
  center: number;
  /** The highest probability of a space between it and the character before it. */
  spaceBefore: number;
  /** Share of the line without print between it and the one before, where that was measured. */
  gapBefore?: number;
  /** Whether it reaches as high as capitals do, where that was measured. */
  isHigh?: boolean;
  /** Where the model was not sure. */
  others: readonly Alternative[];
  /** Characters that may have been passed over just before this one. */
  missed: readonly Alternative[];
}

const BLANK = 0;
/** With this probability nothing else is worth looking at. */
const SURE = 0.98;
/** Two characters in place of one are not thought of where they are less likely by more than this. */
const MOST_COST_OF_TWO = 5;
/** Alternatives below are noise. */
const LEAST_PROBABILITY = 0.004;

/**
 * @param probabilities `steps` rows of `classes`; class 0 is the blank.
 * @param characters the character of each class.
 */
export function decodeCtc(
  probabilities: Float32Array,
  steps: number,
  classes: number,
  characters: readonly string[],
): Character[] {
  const found: Character[] = [];
  const spaceClass = characters.indexOf(" ");
  let run = new Run(BLANK, 0);
  let gap = new Run(BLANK, 0);
  let space = 0;
  const close = (end: number): void => {
    const text = characters[run.best] ?? "";
    if (run.best === BLANK || text === " ") {
      gap = run;
      return;
    }
    for (const part of run.parted()) {
      const others = [...part.alternatives(characters, true), ...part.doubled(text)];
      const missed = gap.alternatives(characters, false);
      const center = (part.start + part.end) / 2 / steps;
      found.push({ text, confidence: part.confidence, center, spaceBefore: space, others, missed });
      space = 0;
      gap = new Run(BLANK, end);
    }
  };
  for (let step = 0; step < steps; step++) {
    const row = probabilities.subarray(step * classes, (step + 1) * classes);
    const best = bestClass(row);
    if (best !== run.best) {
      close(step);
      run = new Run(best, step);
    }
    run.add(row);
    space = Math.max(space, row[spaceClass] ?? 0);
  }
  close(steps);
  return found;
}

/** Neighbouring columns with the same best class. */
class Run {
  readonly best: number;
  readonly start: number;
  readonly #rows: Float32Array[] = [];
  confidence = 0;
  /** The highest probability of each other class that came near. */
  readonly #others = new Map<number, number>();

  constructor(best: number, start: number) {
    this.best = best;
    this.start = start;
  }

  /** The column behind its last one. */
  get end(): number {
    return this.start + this.#rows.length;
  }

  /** Itself, or the two characters that it more probably is. */
  parted(): Run[] {
    const inner = this.#rows.slice(1, -1).map((row) => row[BLANK] ?? 0);
    if (inner.length === 0 || !(this.#costOfTwo() < 0)) return [this];
    const at = 1 + inner.indexOf(Math.max(...inner));
    const parts = [new Run(this.best, this.start), new Run(this.best, this.start + at)];
    for (const [index, row] of this.#rows.entries()) parts[index < at ? 0 : 1]?.add(row);
    return parts;
  }

  /** Two of them in place of one, where that is not much less likely. */
  doubled(text: string): Alternative[] {
    const cost = this.#rows.length < 3 ? Infinity : this.#costOfTwo();
    return cost < MOST_COST_OF_TWO ? [{ text: text + text, cost: Math.max(0, cost) }] : [];
  }

  /** How much less likely two characters are than one, below 0 where they are more likely. */
  #costOfTwo(): number {
    const { one, two } = this.#outcomes();
    return Math.log(one / two);
  }

  /** The probabilities of all paths that are the character not at all, once, and twice. */
  #outcomes(): { none: number; one: number; two: number } {
    // Of the paths that are before the first character, in it, behind it, in the second, behind that.
    let [before, first, between, second, behind] = [1, 0, 0, 0, 0];
    for (const row of this.#rows) {
      const [character, blank] = [row[this.best] ?? 0, row[BLANK] ?? 0];
      behind = (behind + second) * blank;
      second = (second + between) * character;
      between = (between + first) * blank;
      first = (first + before) * character;
      before *= blank;
    }
    return { none: before, one: first + between, two: second + behind };
  }

  add(row: Float32Array): void {
    this.#rows.push(row);
    const probability = row[this.best] ?? 0;
    this.confidence = Math.max(this.confidence, probability);
    if (probability >= SURE) return;
    for (let index = 0; index < row.length; index++) {
      const value = row[index] ?? 0;
      if (value < LEAST_PROBABILITY || index === this.best) continue;
      if (value > (this.#others.get(index) ?? 0)) this.#others.set(index, value);
    }
  }

  /** @param withBlank whether it may also be nothing at all. */
  alternatives(characters: readonly string[], withBlank: boolean): Alternative[] {
    return [...this.#others]
      .filter(([index]) => (index === BLANK ? withBlank : characters[index] !== " "))
      .map(([index, probability]) => ({
        text: characters[index] ?? "",
        cost: index === BLANK ? this.#costOfNone() : Math.log(this.confidence / probability),
      }));
  }

  /** A character fades in and out, so the blank has to be likely in all of its columns. */
  #costOfNone(): number {
    const { none, one } = this.#outcomes();
    return none === 0 ? Infinity : Math.log(one / none);
  }
}

function bestClass(row: Float32Array): number {
  let best = 0;
  let probability = row[0] ?? 0;
  for (let index = 1; index < row.length; index++) {
    const value = row[index] ?? 0;
    if (value > probability) {
      probability = value;
      best = index;
    }
  }
  return best;
}
