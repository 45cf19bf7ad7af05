/** Downloads the texts of several documents, one file each, as the browser does it. */

/** Browsers drop downloads that begin at once. */
const BETWEEN_MS = 300;

export async function download(
  documents: readonly { id: string; job?: { donePages: number } }[],
  format: string,
): Promise<void> {
  for (const { id, job } of documents) {
    if ((job?.donePages ?? 0) === 0) continue;
    const link = document.createElement("a");
    link.href = `/api/documents/${id}/export?format=${format}`;
    link.download = "";
    link.click();
    await new Promise<void>((resolve) => void setTimeout(resolve, BETWEEN_MS));
  }
}
