/** Documents to open in the reading room, read by a scripted engine or by the built-in one. */
import * as mupdf from "mupdf";
import type { Page } from "playwright-core";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import type { ScriptedAnswer } from "../src/server/engines/scripted/answer.ts";
import { textPdf } from "../tests/fixtures/pdf.ts";
import { type TypedClient, typedClient } from "../tests/typed-client.ts";

/** Answers by the job's prompt, so that each test has its own. */
export class Scripts implements AsyncDisposable {
  readonly #answers = new Map<string, ScriptedAnswer[]>();
  #engine: ScriptedEngineServer | undefined;

  async start(): Promise<string> {
    this.#engine = await startScriptedEngine(({ prompt }) => {
      const answers = this.#answers.get(prompt) ?? [];
      // The last one goes on for ever.
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return answer ?? { text: "No script." };
    });
    return this.#engine.url;
  }

  set(prompt: string, ...answers: ScriptedAnswer[]): void {
    this.#answers.set(prompt, answers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine?.[Symbol.asyncDispose]();
  }
}

export async function upload(
  client: TypedClient,
  lines: readonly (readonly string[])[],
  name = "paper.pdf",
): Promise<string> {
  const form = new FormData();
  form.set("file", new File([new Uint8Array(textPdf(lines, { fontSize: 28 }))], name));
  const { id } = await client.documents.upload.mutate(form);
  return id;
}

/** @returns the document's id, as soon as it is being read. */
export async function begin(
  url: string,
  lines: readonly (readonly string[])[],
  options: { prompt?: string; engine?: string; name?: string } = {},
): Promise<string> {
  const client = typedClient(url);
  const { name, ...job } = options;
  const documentId = await upload(client, lines, name);
  await client.jobs.start.mutate({ documentId, ...job });
  return documentId;
}

/** The text of a page as it is shown. */
export function textOf(page: Page, number: number) {
  return page.locator(`[data-page="${number}"] .page-text`);
}

/** What is marked in the texts, by the name of the mark. */
export async function marked(page: Page, name: string): Promise<string[]> {
  return await page.evaluate(
    (mark) =>
      [...(CSS.highlights.get(mark) ?? [])].map((range) =>
        range instanceof Range ? range.toString() : "",
      ),
    name,
  );
}

/** What stands on the pages of a PDF. */
export function textOnPaper(pdf: Uint8Array): string {
  const document = mupdf.Document.openDocument(pdf, "application/pdf");
  const pages = Array.from({ length: document.countPages() }, (_, index) =>
    document.loadPage(index).toStructuredText("preserve-whitespace").asText(),
  );
  document.destroy();
  return pages.join("\n");
}
