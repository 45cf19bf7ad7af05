/** How many pages a PDF really has, whatever its page tree claims. */
import type { PDFDocument, PDFObject } from "mupdf";

/** Entries that a page inherits from the nodes above it. Source: ISO 32000-1, table 30. */
const INHERITED = ["Resources", "MediaBox", "CropBox", "Rotate"] as const;
const MAX_DEPTH = 100;

interface Walk {
  pages: PDFObject[];
  /** Branches that lead back to themselves: each stands for a page that cannot be read. */
  loops: number;
  /** Nodes that may still be visited. */
  budget: number;
}

/**
 * Counts the pages of a document by walking its tree. Where the tree's own count is wrong, which
 * keeps mupdf from finding any page, the tree is replaced (in memory) by a flat one of the pages
 * that are there.
 *
 * @param maxPages the walk stops one page after it.
 * @returns pages, or `maxPages + 1` for all documents with more.
 */
export function repairPageTree(document: PDFDocument, maxPages: number): number {
  const claimed = claimedPages(document);
  const root = document.getTrailer().get("Root", "Pages");
  const walk: Walk = { pages: [], loops: 0, budget: maxPages * 2 + MAX_DEPTH };
  visit(root, walk, maxPages, []);
  const found = walk.pages.length + walk.loops;
  if (found > maxPages) return maxPages + 1;
  if (found === claimed) return claimed;
  // No tree to walk (a damaged catalogue, say), and yet mupdf knows pages: it repaired more.
  if (!walk.pages.some(showsSomething)) return Math.max(0, claimed);
  flatten(document, root, walk.pages);
  return walk.pages.length;
}

function claimedPages(document: PDFDocument): number {
  try {
    return document.countPages();
  } catch {
    return -1;
  }
}

function visit(node: PDFObject, walk: Walk, maxPages: number, above: number[]): void {
  if (walk.pages.length + walk.loops > maxPages || walk.budget-- <= 0) return;
  if (!node.isDictionary()) return;
  const number = node.isIndirect() ? node.asIndirect() : 0;
  const kids = node.get("Kids");
  if (!kids.isArray()) {
    if (isPage(node)) walk.pages.push(node);
    return;
  }
  if (above.length > MAX_DEPTH || (number !== 0 && above.includes(number))) {
    walk.loops++;
    return;
  }
  const path = [...above, number];
  const length = Math.min(kids.length, maxPages + 1);
  for (let i = 0; i < length; i++) visit(kids.get(i), walk, maxPages, path);
}

function isPage(node: PDFObject): boolean {
  const type = node.get("Type");
  if (type.isName()) return type.asName() === "Page";
  return !node.get("MediaBox").isNull() || !node.get("Contents").isNull();
}

/** Nodes without a size (which is required) and without content are no pages to build a tree on. */
function showsSomething(page: PDFObject): boolean {
  return !page.getInheritable("MediaBox").isNull() || !page.get("Contents").isNull();
}

function flatten(document: PDFDocument, root: PDFObject, pages: readonly PDFObject[]): void {
  const kids = document.newArray();
  for (const page of pages) {
    for (const key of INHERITED) {
      const value = page.getInheritable(key);
      if (!value.isNull()) page.put(key, value);
    }
    kids.push(page);
  }
  for (const page of pages) page.put("Parent", root);
  root.put("Type", document.newName("Pages"));
  root.put("Kids", kids);
  root.put("Count", pages.length);
}
