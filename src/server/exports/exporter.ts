/** Documents that leave the server as files of what was read. */
import type { Job } from "../../shared/jobs.ts";
import type { Principal } from "../auth/principal.ts";
import type { DocumentLibrary } from "../documents/library.ts";
import { AppError } from "../errors.ts";
import type { JobStore } from "../jobs/store.ts";
import type { ReadPage } from "./content.ts";
import { type ExportFormat, type ExportFormatName, exportFormats } from "./formats.ts";

export interface ExportedFile {
  /** The document's name with the format's extension. */
  name: string;
  mime: string;
  chunks: AsyncIterable<string | Uint8Array>;
}

export class Exporter {
  readonly #store: JobStore;
  readonly #library: DocumentLibrary;

  constructor(store: JobStore, library: DocumentLibrary) {
    this.#store = store;
    this.#library = library;
  }

  /**
   * @param jobId the newest job that has read a page where left out.
   * @throws AppError document_not_found, job_not_found, no_text.
   */
  async open(
    { userId }: Principal,
    documentId: string,
    formatName: ExportFormatName,
    jobId?: string,
  ): Promise<ExportedFile> {
    const document = this.#library.get(userId, documentId);
    const job =
      jobId === undefined ? await this.#newestRead(documentId) : await this.#job(documentId, jobId);
    const { mime, extension, write }: ExportFormat = exportFormats[formatName];
    return {
      name: `${document.name.replace(/\.\w{1,5}$/, "") || document.name}.${extension}`,
      mime,
      chunks: write({ document, job, pages: this.#pages(job.id) }),
    };
  }

  async #job(documentId: string, jobId: string): Promise<Job> {
    const job = await this.#store.get(jobId);
    if (job?.documentId === documentId) return job;
    throw new AppError("job_not_found", "The document has no such job.");
  }

  async #newestRead(documentId: string): Promise<Job> {
    for (const job of await this.#store.list({ documentId }, { limit: -1 })) {
      const pages = await this.#store.pages(job.id);
      if (pages.some(({ version }) => version > 0)) return job;
    }
    throw new AppError("no_text", "Nothing of the document has been read yet. Start a job first.");
  }

  async *#pages(jobId: string): AsyncGenerator<ReadPage> {
    for (const page of await this.#store.pages(jobId)) {
      const reading = page.version > 0 ? await this.#store.version(jobId, page.page) : undefined;
      yield { ...page, reading };
    }
  }
}
