/** Markdown without its marks: what one reads. For the plain view, for copying, and to find in. */
import { withMarkdownTables } from "./html-tables.ts";

const RULE_ROW = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const FENCE = /^\s*(?:```|~~~)/;

export function plainText(markdown: string): string {
  let isCode = false;
  return withMarkdownTables(markdown)
    .split("\n")
    .flatMap((line) => {
      if (FENCE.test(line)) {
        isCode = !isCode;
        return [];
      }
      if (isCode) return [line];
      return line.includes("|") && RULE_ROW.test(line) ? [] : [plainLine(line)];
    })
    .join("\n");
}

function plainLine(line: string): string {
  const content = line.replace(/^\s{0,3}(?:#{1,6}\s+|>\s?)/, "");
  return content.trimStart().startsWith("|") ? plainRow(content) : plainInline(content);
}

/** Cells are divided by tabs, as spreadsheets take them. */
function plainRow(row: string): string {
  const cells = row
    .trim()
    .replace(/^\|/, "")
    .replace(/\|$/, "")
    .split(/(?<!\\)\|/);
  return cells.map((cell) => plainInline(cell.trim())).join("\t");
}

function plainInline(text: string): string {
  return text
    .replaceAll(/!?\[([^[\]]{0,1000})\]\([^()\s]{0,2000}\)/g, "$1")
    .replaceAll(/(?<!\\)(\*\*|__)(?=\S)/g, "")
    .replaceAll(/(?<=\S)(?<!\\)(\*\*|__)/g, "")
    .replaceAll(/(?<![\\\w*])([*_])(?=\S)([^*_\n]{0,1000}\S|\S)\1(?![\w*])/g, "$2")
    .replaceAll(/`([^`\n]{1,1000})`/g, "$1")
    .replaceAll(/\\([!-/:-@[-`{-~])/g, "$1");
}
