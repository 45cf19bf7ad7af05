/**
 * The pages' Markdown as it was read, each after a comment that tells its number: `<!-- page 3 -->`.
 * Renderers do not show the comment; blank lines keep pages from running into each other.
 */
import { type JobContent, noteOf } from "./content.ts";

export async function* writeMarkdown({ pages }: JobContent): AsyncGenerator<string> {
  let gap = "";
  for await (const page of pages) {
    const text = page.reading?.text.trimEnd() ?? noteOf(page);
    yield `${gap}<!-- page ${page.page} -->\n${text === "" ? "" : `\n${text}\n`}`;
    gap = "\n";
  }
}
