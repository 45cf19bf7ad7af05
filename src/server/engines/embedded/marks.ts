/** What in a text is a mark of its structure, and what would look like one in Markdown. */

const HEADING_CHARS = 120;
/** Share of a heading's characters that are letters; prices and numbers are none. */
const HEADING_LETTERS = 0.6;
const BULLET = /^(?:[•·●▪■○◦‣∙]\s*|[-–—*]\s+)(?=\S)/u;
const NUMBER = /^(?:\(?\d{1,2}[.)]|\(?[a-z][.)])\s/u;

/** Mostly letters, and no sentence. */
export function isTitle(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const isWordy = letters >= 3 && letters >= text.replaceAll(/\s/g, "").length * HEADING_LETTERS;
  return isWordy && text.length <= HEADING_CHARS && !/[.,:;]$/.test(text);
}

/** A bar at a cell's edge is its rule; one inside must not look like one. */
export function tableCell(text: string): string {
  return text.replaceAll(/^(?:\|\s*)+|(?:\s*\|)+$/g, "").replaceAll("|", "\\|");
}

/** Text that would turn into a heading or a quotation. */
export function escapeStart(text: string): string {
  return text.replace(/^(#{1,6}\s|>)/, "\\$1");
}

/** Whether a line begins with the bullet, the number or the letter of a list's item. */
export function isListItem(text: string): boolean {
  return BULLET.test(text) || NUMBER.test(text);
}

/** Any bullet as Markdown's own. */
export function withMarkdownBullet(text: string): string {
  return text.replace(BULLET, "- ");
}
