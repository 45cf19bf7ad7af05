/** Everything that is known of a reading, as `shared/export.ts` describes it. */
import { EXPORT_VERSION, type Export, type ExportPage } from "../../shared/export.ts";
import { blocksOf } from "./blocks.ts";
import type { JobContent, ReadPage } from "./content.ts";

export async function* writeJson(content: JobContent): AsyncGenerator<string> {
  // The list of pages comes last, and page by page.
  yield `${JSON.stringify(headOf(content)).slice(0, -1)},"pages":[`;
  let gap = "\n";
  for await (const page of content.pages) {
    yield gap + JSON.stringify(pageOf(page));
    gap = ",\n";
  }
  yield "\n]}\n";
}

function headOf({ document, job }: JobContent): Omit<Export, "pages"> {
  const { id, state, engine, model, prompt, pages, createdAt, endedAt } = job;
  return {
    format: "my-ocr",
    version: EXPORT_VERSION,
    document: {
      id: document.id,
      name: document.name,
      file_type: document.fileType,
      bytes: document.bytes,
      pages: document.pages,
      created_at: document.createdAt,
    },
    job: {
      id,
      state,
      engine,
      model,
      prompt,
      pages,
      created_at: createdAt,
      ...(endedAt !== undefined && { ended_at: endedAt }),
    },
  };
}

function pageOf({ page, state, error, reading }: ReadPage): ExportPage {
  const begin = { page, state, ...(error && { error }) };
  if (!reading) return { ...begin, text: null, blocks: [] };
  const { text, lines, version, origin, engine, model, confidence, source } = reading;
  const { finishReason, createdAt } = reading;
  return {
    ...begin,
    text,
    blocks: blocksOf(text),
    ...(lines && { lines }),
    version,
    origin,
    engine,
    model,
    ...(confidence !== undefined && { confidence }),
    ...(source !== undefined && { source }),
    ...(finishReason !== undefined && { finish_reason: finishReason }),
    created_at: createdAt,
  };
}
