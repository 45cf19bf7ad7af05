/**
 * How close a read text is to the truth. Both are made comparable first: Unicode NFKC, quotes and
 * dashes folded, long s as s, hyphens at line ends joined, Markdown's marks left out, white space
 * collapsed.
 */

export interface Score {
  /** F1 of the words, whatever their order, 0–1. */
  wordF1: number;
  /** F1 of the characters without white space, whatever their order, 0–1. */
  characterF1: number;
  /** Edit distance over the truth's length, in reading order; 0 is perfect. */
  characterErrorRate: number;
}

export function score(truth: string, read: string): Score {
  const [wanted, found] = [normalize(truth), normalize(read)];
  return {
    wordF1: bagF1(wordsOf(wanted), wordsOf(found)),
    characterF1: bagF1(codePoints(wanted, " "), codePoints(found, " ")),
    characterErrorRate:
      editDistance(codePoints(wanted), codePoints(found)) / Math.max(1, codePoints(wanted).length),
  };
}

export function normalize(text: string): string {
  return withoutMarkdown(text.normalize("NFKC"))
    .replaceAll(/[\u2018\u2019\u201a\u201b\u2032`\u00b4]/g, "'")
    .replaceAll(/[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033]/g, '"')
    .replaceAll(/[\u2010-\u2015\u2212\u00ac]/g, "-")
    .replaceAll("\u017f", "s")
    .replaceAll(/(\p{L})-[ \t]*\n[ \t]*(?=\p{Ll})/gu, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Headings, list marks, table pipes and escapes are structure, not text. */
function withoutMarkdown(text: string): string {
  return text
    .replaceAll(/^[|:\s-]*---[|:\s-]*$/gm, "")
    .replaceAll(/^#{1,6} /gm, "")
    .replaceAll(/(?<!\\)\|/g, " ")
    .replaceAll(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, "$1");
}

function wordsOf(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

function codePoints(text: string, without = ""): string[] {
  return Array.from(without === "" ? text : text.replaceAll(without, ""));
}

/** 1 where both are empty. */
function bagF1(wanted: readonly string[], found: readonly string[]): number {
  if (wanted.length + found.length === 0) return 1;
  const left = new Map<string, number>();
  for (const item of wanted) left.set(item, (left.get(item) ?? 0) + 1);
  let common = 0;
  for (const item of found) {
    const count = left.get(item) ?? 0;
    if (count === 0) continue;
    left.set(item, count - 1);
    common++;
  }
  return (2 * common) / (wanted.length + found.length);
}

/** Levenshtein's distance, one row at a time. */
export function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = Uint32Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, from] of a.entries()) {
    const next = new Uint32Array(b.length + 1);
    next[0] = i + 1;
    for (const [j, to] of b.entries()) {
      const replaced = (row[j] ?? 0) + Number(from !== to);
      next[j + 1] = Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
