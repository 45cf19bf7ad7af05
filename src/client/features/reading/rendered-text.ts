/** The text of a part of the page as one string, and the way back from it to the page. */
import type { Span } from "./words.ts";

export interface RenderedText {
  text: string;
  /** Each text node with where it begins in `text`, in order. */
  nodes: readonly { node: Text; start: number }[];
}

/** Between these, words do not go on. */
const BLOCKS = "p, li, td, th, h1, h2, h3, h4, h5, h6, pre, blockquote, tr, br, hr, div";

export function renderedText(root: Element): RenderedText {
  const nodes: { node: Text; start: number }[] = [];
  let text = "";
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    // The source of a formula is there for programs, and not shown.
    if (node.parentElement?.localName === "annotation") continue;
    if (node instanceof Text) {
      nodes.push({ node, start: text.length });
      text += node.data;
    } else if (node instanceof Element && node.matches(BLOCKS) && !text.endsWith("\n")) {
      text += "\n";
    }
  }
  return { text, nodes };
}

/** Undefined where the page has changed meanwhile. */
export function rangeOf({ nodes }: RenderedText, { start, end }: Span): Range | undefined {
  const first = nodeAt(nodes, start);
  const last = nodeAt(nodes, end - 1);
  if (!first || !last) return undefined;
  const range = document.createRange();
  if (start - first.start > first.node.length || end - last.start > last.node.length) {
    return undefined;
  }
  range.setStart(first.node, start - first.start);
  range.setEnd(last.node, end - last.start);
  return range;
}

/** The offset in the text at a point of the window; undefined where no text is. */
export function offsetAtPoint(
  { nodes }: RenderedText,
  clientX: number,
  clientY: number,
): number | undefined {
  const caret = caretAt(clientX, clientY);
  if (!caret) return undefined;
  const found = nodes.find(({ node }) => node === caret.node);
  return found && found.start + caret.offset;
}

function caretAt(x: number, y: number): { node: Node; offset: number } | undefined {
  // The standard's way is missing from older Chromium and Safari, which have their own.
  if (!("caretPositionFromPoint" in Document.prototype)) {
    const range = document.caretRangeFromPoint(x, y);
    return range ? { node: range.startContainer, offset: range.startOffset } : undefined;
  }
  const position = document.caretPositionFromPoint(x, y);
  return position ? { node: position.offsetNode, offset: position.offset } : undefined;
}

function nodeAt(nodes: RenderedText["nodes"], offset: number) {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle]?.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return nodes[low - 1];
}
