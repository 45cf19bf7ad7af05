/** The pages without Markdown, separated by form feeds; the cells of tables by tabs. */
import { blocksOf } from "./blocks.ts";
import { type JobContent, noteOf } from "./content.ts";

export async function* writeText({ pages }: JobContent): AsyncGenerator<string> {
  let gap = "";
  for await (const page of pages) {
    // A form feed of the page's own would count as another page.
    const markdown = page.reading?.text.replaceAll("\f", "\n");
    const blocks = markdown === undefined ? [{ text: noteOf(page) }] : blocksOf(markdown);
    yield `${gap}${blocks.map(({ text }) => `${text}\n`).join("\n")}`;
    gap = "\f";
  }
}
