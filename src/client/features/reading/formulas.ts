/**
 * Formulas in a page's Markdown, however its engine marks them: `\( \)`, `\[ \]`, `$$ $$`, and `$ $`
 * where it cannot be about money.
 */

/** A longer one is no formula of a page, and would keep the browser busy. */
const MOST_CHARS = 2_000;
const DISPLAY = /\\\[([\s\S]{1,2000}?)\\\]/g;
const INLINE = /\\\(([^\n]{1,2000}?)\\\)/g;
/** Between single dollars something that only formulas have: a command, an index, a power. */
const DOLLARS =
  /(?<![\\$\w])\$(?=[^\s$])([^$\n]{0,400}[\\^_][^$\n]{0,400})(?<=[^\s\\])\$(?![$\w])/g;

/** The Markdown with all its formulas between double dollars; undefined where it has none. */
export function withFormulas(markdown: string): string | undefined {
  if (!/\$|\\[[(]/.test(markdown)) return undefined;
  const marked = markdown
    .replaceAll(DISPLAY, (_, formula: string) => `\n\n$$\n${formula.trim()}\n$$\n\n`)
    .replaceAll(INLINE, (_, formula: string) => `$$${formula.trim()}$$`)
    .replaceAll(DOLLARS, (_, formula: string) => `$$${formula}$$`);
  const formulas = marked.split("$$").filter((_, index) => index % 2 === 1);
  const isUsual = formulas.every((formula) => formula.length <= MOST_CHARS);
  return formulas.length > 0 && isUsual ? marked : undefined;
}
