/**
 * Tables that an engine has written as HTML, as Markdown: some do, for cells that span others. They
 * are read as text, and never as HTML.
 */

const TABLE = /<table\b[^<>]{0,2000}>([\s\S]*?)(?:<\/table\s*>|$)/gi;
const ROW = /<tr\b[^<>]{0,2000}>/i;
const CELL = /<t[hd]\b([^<>]{0,2000})>/i;
const TAG = /<\/?[a-z][^<>]{0,2000}>/gi;
const SPAN = /\bcolspan\s*=\s*["']?(\d{1,3})/i;
/** Wider tables do not fit any page. */
const MOST_SPANNED = 50;

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };

/** The Markdown with each HTML table, also one that is not closed yet, as a table of its own. */
export function withMarkdownTables(markdown: string): string {
  if (!/<table\b/i.test(markdown)) return markdown;
  return markdown.replaceAll(TABLE, (_, content: string) => `\n\n${tableOf(content)}\n\n`);
}

function tableOf(content: string): string {
  const rows = content
    .split(ROW)
    .slice(1)
    .map(cellsOf)
    .filter((cells) => cells.length > 0);
  const columns = Math.max(0, ...rows.map((cells) => cells.length));
  if (columns === 0) return "";
  const lines = rows.map((cells) => {
    const full = [...cells, ...Array.from({ length: columns - cells.length }, () => "")];
    return `| ${full.join(" | ")} |`;
  });
  const [head = "", ...body] = lines;
  return [head, `|${" --- |".repeat(columns)}`, ...body].join("\n");
}

/** A cell that spans columns is followed by empty ones. */
function cellsOf(row: string): string[] {
  const parts = row.split(CELL).slice(1);
  const cells: string[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const span = Number(SPAN.exec(parts[index] ?? "")?.[1] ?? 1);
    cells.push(cellText(parts[index + 1] ?? ""));
    for (let rest = Math.min(span, MOST_SPANNED); rest > 1; rest--) cells.push("");
  }
  return cells;
}

function cellText(html: string): string {
  return html
    .replaceAll(/<br\s*\/?>/gi, " ")
    .replaceAll(TAG, "")
    .replaceAll(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => entities[name] ?? "'")
    .replaceAll(/(?<!\\)\|/g, "\\|")
    .replaceAll(/\s+/g, " ")
    .trim();
}
