/**
 * `my-ocr/client`: My OCR for programs, in browsers, Node and Bun. The entry of the package: what
 * people need of it is named here.
 */
import { type Api, type ConnectionOptions, connect } from "./connection.ts";
import { type ExportFormat, type ExportOptions, exportDocument } from "./export-document.ts";
import { OcrRun, type OcrOptions } from "./run.ts";
import type { OcrFile } from "./upload.ts";

export { MyOcrError, type MyOcrErrorCode } from "./errors.ts";
export type { ConnectionOptions } from "./connection.ts";
export type { ExportFormat, ExportOptions } from "./export-document.ts";
export type { EndState, OcrRunEvent } from "./run-events.ts";
export type { OcrOptions, OcrPage, OcrRun } from "./run.ts";
export type { OcrFile } from "./upload.ts";

export interface MyOcrClient {
  /** Uploads a file and reads it. What goes wrong is told to whoever looks at the run. */
  ocr(file: OcrFile, options?: OcrOptions): OcrRun;
  /**
   * What was read of a document, as a file: Markdown, plain text, or all that is known as JSON.
   *
   * @throws MyOcrError document_not_found, job_not_found, no_text, …
   */
  export(documentId: string, format: ExportFormat, options?: ExportOptions): Promise<Blob>;
  /** Everything else that the server can do: see `docs/client.md`. Throws tRPC's own errors. */
  api: Api;
}

export function createClient(options: ConnectionOptions): MyOcrClient {
  const connection = connect(options);
  return {
    ocr: (file, ocrOptions = {}) => new OcrRun(connection, file, ocrOptions),
    export: async (documentId, format, exportOptions = {}) =>
      await exportDocument(connection, documentId, format, exportOptions),
    api: connection.api,
  };
}
