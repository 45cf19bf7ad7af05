/**
 * Markdown as plain text, block by block. Pages come from engines that are no better than their
 * pictures, so nothing that may be text is dropped: what looks like a link's definition stays, and
 * so does what looks like a tag of no HTML element.
 */
import { decodeHTML } from "entities";
import MarkdownIt, { type Token } from "markdown-it";
import type { ExportBlock } from "../../shared/export.ts";

// In time linear in the text, also for texts that were made to be slow.
const parser = new MarkdownIt({ html: true }).disable("reference");

/** Some engines write tables, and what stands high or low, in HTML. `a <b and c>` is no tag. */
const TAG =
  /<\/?(?:a|b|br|caption|center|code|col|colgroup|del|div|em|figcaption|figure|font|h[1-6]|hr|i|img|ins|li|ol|p|s|small|span|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|u|ul)(?:\s+[\w-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))*\s*\/?>/gi;
const CELL_END = /<\/t[dh]\s*>\s*(?=<t[dh][\s>])/gi;
const LINE_END = /<(?:br\s*\/?|\/(?:caption|div|h[1-6]|li|p|tr))\s*>\s*/gi;

const KINDS: Readonly<Record<string, ExportBlock["kind"]>> = {
  heading_open: "heading",
  bullet_list_open: "list",
  ordered_list_open: "list",
  blockquote_open: "quote",
  table_open: "table",
  fence: "code",
  code_block: "code",
};

/** The blocks that are not empty, in order. Rules between them are left out. */
export function blocksOf(markdown: string): ExportBlock[] {
  return groupsOf(parser.parse(markdown, {})).flatMap((tokens) => {
    const block = blockOf(tokens);
    return block.text === "" ? [] : [block];
  });
}

/** The tokens of each block at the top. */
function groupsOf(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  for (const token of tokens) {
    const isNew = token.level === 0 && token.nesting !== -1;
    if (isNew) groups.push([]);
    groups.at(-1)?.push(token);
  }
  return groups;
}

function blockOf(tokens: readonly Token[]): ExportBlock {
  const [first] = tokens;
  if (first?.type === "html_block") return htmlBlock(first.content);
  const kind = KINDS[first?.type ?? ""] ?? "paragraph";
  if (kind === "table") return tableBlock(rowsOf(tokens));
  const text = textOf(tokens);
  return kind === "heading" ? { kind, level: Number(first?.tag.slice(1)), text } : { kind, text };
}

function tableBlock(rows: string[][]): ExportBlock {
  return { kind: "table", text: rows.map((row) => row.join("\t")).join("\n"), rows };
}

function htmlBlock(html: string): ExportBlock {
  const text = withoutTags(html);
  if (!/<table\b/i.test(html)) return { kind: "paragraph", text };
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return tableBlock(lines.map((line) => line.split("\t").map((cell) => cell.trim())));
}

function withoutTags(html: string): string {
  const bare = html.replace(CELL_END, "\t").replace(LINE_END, "\n").replace(TAG, "");
  // Blanks at the ends of lines, but not the tabs of empty cells.
  return decodeHTML(bare)
    .replace(/\n{3,}/g, "\n\n")
    .replace(/^\n+|\n+$/g, "");
}

function rowsOf(tokens: readonly Token[]): string[][] {
  const rows: string[][] = [];
  for (const token of tokens) {
    if (token.type === "tr_open") rows.push([]);
    if (token.type === "inline") rows.at(-1)?.push(inlineText(token).replace(/\s+/g, " "));
  }
  return rows;
}

/** Paragraphs, lists with their marks and numbers, quotes without theirs, in any depth. */
function textOf(tokens: readonly Token[]): string {
  const lines: string[] = [];
  /** The list items that are open: how far their text stands in. */
  const indents: number[] = [];
  let mark = "";
  const write = (text: string): void => {
    const indent = indents.reduce((sum, width) => sum + width, 0);
    for (const line of text.split("\n")) {
      lines.push(`${" ".repeat(indent - mark.length)}${mark}${line}`.trimEnd());
      mark = "";
    }
  };
  for (const token of tokens) {
    switch (token.type) {
      case "list_item_open":
        mark = token.info === "" ? "- " : `${token.info}${token.markup} `;
        indents.push(mark.length);
        break;
      case "list_item_close":
        indents.pop();
        mark = "";
        break;
      case "inline":
        write(inlineText(token));
        break;
      case "fence":
      case "code_block":
        write(token.content.replace(/\n$/, ""));
        break;
      case "html_block":
        write(withoutTags(token.content));
        break;
      case "paragraph_close":
        if (!token.hidden) lines.push("");
        break;
    }
  }
  return lines.join("\n").trimEnd();
}

function inlineText({ children }: Token): string {
  let text = "";
  for (const token of children ?? []) {
    if (token.type === "softbreak" || token.type === "hardbreak") text += "\n";
    else if (token.type === "html_inline") text += withInlineTag(token.content);
    else text += token.content;
  }
  return text;
}

function withInlineTag(tag: string): string {
  return /^<br\b/i.test(tag) ? "\n" : tag.replace(TAG, "");
}
