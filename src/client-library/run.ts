/** One reading: uploads a file, starts its job, follows it, and hands out what it says. */
import type { Line } from "../shared/ocr-events.ts";
import type { Document, Job } from "../shared/jobs.ts";
import type { Connection } from "./connection.ts";
import { MyOcrError, cancelled } from "./errors.ts";
import { followJob } from "./follow.ts";
import { persist } from "./retry.ts";
import { type EndState, JobTeller, type OcrRunEvent } from "./run-events.ts";
import { type OcrFile, uploadForm } from "./upload.ts";
import type { PageState } from "../shared/job-states.ts";

export interface OcrOptions {
  /** As `1-3,7`; all where left out. */
  pages?: string | undefined;
  /** One of `client.api.engines.list`; the server's default where left out. */
  engine?: string | undefined;
  model?: string | undefined;
  /** For engines that take one. */
  prompt?: string | undefined;
  /** Of an encrypted PDF. */
  password?: string | undefined;
  /** How the document is called. Default: the file's own name. */
  name?: string | undefined;
  /** Aborting it cancels the job, and ends the run with the error `cancelled`. */
  signal?: AbortSignal | undefined;
}

export interface OcrPage {
  page: number;
  state: PageState;
  /** Markdown; empty where the page was not read. */
  text: string;
  /** Mean of the page, 0–1, where the engine knows it. */
  confidence?: number;
  /** With words, boxes and confidences, where the engine knows them. */
  lines?: Line[];
  /** Why it was not read. */
  error?: { code: string; detail: string };
}

type DoneEvent = Extract<OcrRunEvent, { type: "done" }>;

/** Pages whose texts are asked for at once. */
const PAGES_AT_ONCE = 50;

/**
 * Runs by itself from the start; whoever loops over it gets everything from the first event on, also
 * later and more than once. Leaving a loop leaves the job alone: `cancel` or the signal end it.
 */
export class OcrRun implements AsyncIterable<OcrRunEvent> {
  /** Resolves when the server has the file. */
  readonly documentId: Promise<string>;
  /** Resolves when the job has started. */
  readonly jobId: Promise<string>;
  readonly #connection: Connection;
  readonly #options: OcrOptions;
  readonly #events: OcrRunEvent[] = [];
  readonly #uploading = new AbortController();
  readonly #ended: Promise<DoneEvent>;
  #isOver = false;
  #isCancelled = false;
  #wakers: (() => void)[] = [];

  /** @internal Made by `client.ocr`. */
  constructor(connection: Connection, file: OcrFile, options: OcrOptions) {
    this.#connection = connection;
    this.#options = options;
    const document = this.#upload(file);
    const job = this.#start(document);
    this.documentId = document.then(({ id }) => id);
    this.jobId = job.then(({ id }) => id);
    this.#ended = this.#follow(document, job);
    // Whoever asks for them is told of the failure; nobody has to ask.
    for (const promise of [this.documentId, this.jobId, this.#ended]) promise.catch(() => {});
  }

  /**
   * Everything from the first event on; the last one is `done`. Pages that fail are events, and end
   * nothing.
   *
   * @throws MyOcrError where the file was not taken, the server stays away, or the signal aborted.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<OcrRunEvent, void, undefined> {
    for (let next = 0; ;) {
      const event = this.#events[next];
      if (event) {
        next++;
        yield event;
      } else if (this.#isOver) {
        await this.#ended;
        return;
      } else {
        await new Promise<void>((resolve) => this.#wakers.push(resolve));
      }
    }
  }

  /**
   * The whole text: the pages that were read, in order, with a blank line between them.
   *
   * @throws MyOcrError as the loop does; `cancelled`, or `nothing_read` where all pages failed.
   */
  async text(): Promise<string> {
    const { state } = await this.#ended;
    if (state === "cancelled") throw cancelled(undefined);
    const failed = this.#events.find((event) => event.type === "page_error");
    if (state === "failed") throw nothingRead(failed, failed?.detail ?? "");
    const texts = new Map<number, string>();
    for (const event of this.#events) {
      if (event.type === "page_end") texts.set(event.page, event.text);
    }
    const inOrder = [...texts].sort(([one], [other]) => one - other);
    return inOrder.map(([, text]) => text.trimEnd()).join("\n\n");
  }

  /**
   * Every page that was to be read, in order, when the job has ended.
   *
   * @throws MyOcrError as the loop does.
   */
  async pages(): Promise<OcrPage[]> {
    const { jobId: id } = await this.#ended;
    const { api } = this.#connection;
    const states = await this.#persist(async () => await api.jobs.pages.query({ id }));
    const pages: OcrPage[] = [];
    for (let at = 0; at < states.length; at += PAGES_AT_ONCE) {
      const some = states.slice(at, at + PAGES_AT_ONCE);
      pages.push(...(await Promise.all(some.map(async (page) => await this.#page(id, page)))));
    }
    return pages;
  }

  /** Stops the reading; what was read until then stays. Resolves when the server knows. */
  async cancel(): Promise<void> {
    this.#isCancelled = true;
    this.#uploading.abort(cancelled(undefined));
    const id = await this.jobId.catch(() => undefined);
    const { api } = this.#connection;
    if (id !== undefined) await this.#persist(async () => await api.jobs.cancel.mutate({ id }));
  }

  async #upload(file: OcrFile): Promise<Document> {
    const { signal: given } = this.#options;
    const own = this.#uploading.signal;
    const signal = given ? AbortSignal.any([given, own]) : own;
    try {
      signal.throwIfAborted();
      const form = await uploadForm(file, this.#options);
      const { api } = this.#connection;
      const document = await api.documents.upload.mutate(form, { signal });
      const { id: documentId, name, pages } = document;
      this.#tell({ type: "document", documentId, name, pages });
      return document;
    } catch (error) {
      throw signal.aborted ? cancelled(signal.reason) : MyOcrError.from(error);
    }
  }

  async #start(uploaded: Promise<Document>): Promise<Job> {
    const { id: documentId } = await uploaded;
    const { pages, engine, model, prompt } = this.#options;
    const { api } = this.#connection;
    return await this.#persist(async (failures) => {
      // An answer may have been lost on its way, and a document be read once too often.
      const known = failures > 0 ? await api.jobs.list.query({ documentId, limit: 1 }) : undefined;
      const options = { pages, engine, model, prompt };
      return known?.items[0] ?? (await api.jobs.start.mutate({ documentId, ...options }));
    });
  }

  async #follow(uploaded: Promise<Document>, started: Promise<Job>): Promise<DoneEvent> {
    const { signal = new AbortController().signal } = this.#options;
    try {
      const [{ id: documentId }, { id: jobId }] = await Promise.all([uploaded, started]);
      const onAbort = (): void => void this.cancel().catch(() => {});
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted || this.#isCancelled) onAbort();
      const teller = new JobTeller(jobId);
      try {
        for await (const batch of followJob(this.#connection, jobId, signal)) {
          for (const event of teller.tell(batch)) this.#tell(event);
        }
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
      return this.#done(documentId, jobId);
    } catch (error) {
      throw signal.aborted ? cancelled(signal.reason) : MyOcrError.from(error);
    } finally {
      this.#isOver = true;
      this.#wake();
    }
  }

  #done(documentId: string, jobId: string): DoneEvent {
    const last = this.#events.findLast((event) => event.type === "job");
    const { pages, donePages, failedPages } = last ?? { pages: 0, donePages: 0, failedPages: 0 };
    const state = endStateOf(last?.state);
    const counts = { pages, donePages, failedPages };
    const event: DoneEvent = { type: "done", state, documentId, jobId, ...counts };
    this.#tell(event);
    return event;
  }

  async #page(
    id: string,
    {
      page,
      state,
      version,
      error,
    }: { page: number; state: PageState; version: number } & {
      error?: { code: string; detail: string } | undefined;
    },
  ): Promise<OcrPage> {
    const begin = { page, state, ...(error && { error }) };
    if (version === 0) return { ...begin, text: "" };
    const { api } = this.#connection;
    const read = await this.#persist(async () => await api.jobs.page.query({ id, page }));
    const { text, confidence, lines } = read;
    return {
      ...begin,
      text,
      ...(confidence !== undefined && { confidence }),
      ...(lines && { lines }),
    };
  }

  async #persist<T>(call: (failures: number) => Promise<T>): Promise<T> {
    const never = new AbortController().signal;
    return await persist(call, this.#connection.retryForMs, never);
  }

  #tell(event: OcrRunEvent): void {
    this.#events.push(event);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}

function endStateOf(state: string | undefined): EndState {
  return state === "done" || state === "partial" || state === "cancelled" ? state : "failed";
}

function nothingRead(failed: unknown, detail: string): MyOcrError {
  return new MyOcrError("nothing_read", `No page could be read. ${detail}`, { cause: failed });
}
