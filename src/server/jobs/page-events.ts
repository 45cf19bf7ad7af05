/**
 * A job's events as those of the NDJSON streams: each page that begins has one `page_start`, its
 * text in deltas, and one `page_end` or `page_error`. What happens to a page after that, such as a
 * second reading, belongs to the job alone.
 */
import type { JobEvent } from "../../shared/job-events.ts";
import { JobView, type PageView } from "../../shared/job-view.ts";
import type { PageVersion } from "../../shared/jobs.ts";
import type { PageErrorEvent } from "../../shared/ocr-events.ts";
import type { AppError } from "../errors.ts";
import type { PageEvent } from "../ocr/recognize-page.ts";

/** A new job's first text of a page. */
const FIRST_VERSION = 1;

export interface PageSources {
  /** Undefined where the document was removed meanwhile. */
  version: (page: number, version: number) => Promise<PageVersion | undefined>;
  /** What the page has used so far. */
  used: (page: number) => Pick<PageErrorEvent, "usage" | "estimated">;
}

export class PageEvents {
  readonly #view = new JobView();
  /** Not closed yet, ascending. */
  readonly #open: Set<number>;
  /** How much of the text of an attempt was told, of the pages that are begun and not closed. */
  readonly #told = new Map<number, { attempt: number; chars: number }>();
  readonly #isInOrder: boolean;
  readonly #sources: PageSources;

  /**
   * @param pages that the job reads, ascending.
   * @param isInOrder whether all of a page comes before the next one begins.
   */
  constructor(pages: readonly number[], isInOrder: boolean, sources: PageSources) {
    this.#open = new Set(pages);
    this.#isInOrder = isInOrder;
    this.#sources = sources;
  }

  /** Whether every page that has begun is closed. */
  get isIdle(): boolean {
    return this.#told.size === 0;
  }

  /** What follows from an event. Texts of pages that are read already are left to the store. */
  async *apply(event: JobEvent): AsyncGenerator<PageEvent, void, undefined> {
    this.#view.apply(event);
    if (event.type === "job") return;
    const page = this.#view.pages.get(event.page);
    if (page && page.state !== "running") page.text = "";
    if (!this.#isInOrder) {
      if (this.#open.has(event.page)) yield* this.#tell(event.page);
      return;
    }
    for (const next of this.#open) {
      yield* this.#tell(next);
      if (this.#open.has(next)) return;
    }
  }

  /** Closes the pages that have begun, where nobody waits for their end. */
  *close({ code, message: detail }: AppError): Generator<PageEvent, void, undefined> {
    for (const page of this.#told.keys()) yield this.#failed(page, code, detail);
    this.#told.clear();
    this.#open.clear();
  }

  async *#tell(number: number): AsyncGenerator<PageEvent, void, undefined> {
    const page = this.#view.pages.get(number);
    if (!page || page.state === "pending") return;
    let told = this.#told.get(number);
    if (!told && page.state !== "cancelled") {
      told = { attempt: page.attempt, chars: 0 };
      this.#told.set(number, told);
      yield { type: "page_start", page: number };
    }
    if (page.state === "running" && told?.attempt === page.attempt) {
      const delta = page.text.slice(told.chars);
      told.chars = page.text.length;
      if (delta !== "") yield { type: "page_delta", page: number, delta };
      return;
    }
    this.#open.delete(number);
    if (this.#told.delete(number) && told) yield* this.#end(page, told.chars);
  }

  async *#end(page: PageView, chars: number): AsyncGenerator<PageEvent, void, undefined> {
    const { page: number, state, error } = page;
    if (state === "failed" && error) {
      yield this.#failed(number, error.code, error.detail);
    } else if (state === "cancelled") {
      yield this.#failed(number, "cancelled", "The job was cancelled.");
    } else if (state === "running") {
      // Of a reader that has fallen behind: the attempt that it saw has failed meanwhile.
      yield this.#failed(number, "cancelled", "The page is being read again. Follow its job.");
    } else {
      const reading = await this.#sources.version(number, FIRST_VERSION);
      if (!reading) {
        yield this.#failed(number, "document_not_found", "The document was removed.");
        return;
      }
      const delta = reading.text.slice(chars);
      if (delta !== "") yield { type: "page_delta", page: number, delta };
      yield this.#ended(reading);
    }
  }

  #ended({ page, source, finishReason, confidence, lines }: PageVersion): PageEvent {
    return {
      type: "page_end",
      page,
      ...this.#sources.used(page),
      ...(source !== undefined && { source }),
      finish_reason: finishReason ?? null,
      ...(confidence !== undefined && { confidence }),
      ...(lines && { lines }),
    };
  }

  #failed(page: number, code: string, detail: string): PageEvent {
    return { type: "page_error", page, code, detail, ...this.#sources.used(page) };
  }
}
