/**
 * Marks over text that do not touch its elements (the CSS Custom Highlight API): thousands of them
 * cost nothing to render again. Browsers without it show the text unmarked.
 */

/** Their looks are in reading.css. `word` lies over the others. */
export type MarkName = "doubt" | "find" | "found" | "word";

const priorities: Record<MarkName, number> = { doubt: 0, find: 1, found: 2, word: 3 };
const marked = new Map<string, readonly Range[]>();

/** Replaces the marks of this name that the owner, such as a page, has set. */
export function setMarks(name: MarkName, owner: number, ranges: readonly Range[]): void {
  if (!("highlights" in CSS)) return;
  const highlight = highlightOf(name);
  const key = `${name}/${owner}`;
  for (const range of marked.get(key) ?? []) highlight.delete(range);
  for (const range of ranges) highlight.add(range);
  if (ranges.length === 0) marked.delete(key);
  else marked.set(key, ranges);
}

function highlightOf(name: MarkName): Highlight {
  const known = CSS.highlights.get(name);
  if (known) return known;
  const created = new Highlight();
  created.priority = priorities[name];
  CSS.highlights.set(name, created);
  return created;
}
