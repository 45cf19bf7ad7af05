/** The formats that a document can be exported in. A new one is a row here and a file beside. */
import type { JobContent } from "./content.ts";
import { writeJson } from "./json.ts";
import { writeMarkdown } from "./markdown.ts";
import { writeText } from "./text.ts";

export interface ExportFormat {
  mime: string;
  /** Of the file's name, without a dot. */
  extension: string;
  /** Page by page, as they are asked for. */
  write: (content: JobContent) => AsyncIterable<string | Uint8Array>;
}

export const exportFormats = {
  md: { mime: "text/markdown; charset=utf-8", extension: "md", write: writeMarkdown },
  txt: { mime: "text/plain; charset=utf-8", extension: "txt", write: writeText },
  json: { mime: "application/json; charset=utf-8", extension: "json", write: writeJson },
} as const satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof exportFormats;

export function isExportFormat(name: string): name is ExportFormatName {
  return Object.hasOwn(exportFormats, name);
}
