/** HTML from templates: whatever is put into one is text, unless it is HTML itself. */

/** Text that is HTML already. Made by `html` alone. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | undefined | readonly Part[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(textOf)));
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (part === undefined) return "";
  return typeof part === "object" ? part.map(textOf).join("") : Bun.escapeHTML(part);
}

/** Plain text whose `code` in backticks is set as such. */
export function prose(text: string): Html {
  const parts = text.split("`");
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
