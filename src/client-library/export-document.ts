/** What was read, as a file. */
import type { Connection } from "./connection.ts";
import { MyOcrError, cancelled } from "./errors.ts";
import { persist } from "./retry.ts";

export type ExportFormat = "md" | "txt" | "json";

export interface ExportOptions {
  /** Which reading of the document; the newest with a text where left out. */
  jobId?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** @throws MyOcrError with what the server says against it; `cancelled` by the signal. */
export async function exportDocument(
  { url, fetch, retryForMs }: Connection,
  documentId: string,
  format: ExportFormat,
  { jobId, signal = new AbortController().signal }: ExportOptions,
): Promise<Blob> {
  const query = new URLSearchParams({ format, ...(jobId !== undefined && { job: jobId }) });
  const address = `${url}/api/documents/${encodeURIComponent(documentId)}/export?${query}`;
  const get = async (): Promise<Blob> => {
    const response = await fetch(address, { signal });
    if (!response.ok) throw await MyOcrError.ofResponse(response);
    return await response.blob();
  };
  try {
    return await persist(get, retryForMs, signal);
  } catch (error) {
    throw signal.aborted ? cancelled(signal.reason) : MyOcrError.from(error);
  }
}
