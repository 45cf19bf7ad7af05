/** What a reading tells while it runs, made of the job's events. */
import type { JobEvent } from "../shared/job-events.ts";
import { JobView, type PageView } from "../shared/job-view.ts";
import type { JobState } from "../shared/job-states.ts";

/** In which a job can end. `partial`: some pages could not be read. */
export type EndState = "done" | "partial" | "failed" | "cancelled";

export type OcrRunEvent =
  /** The server has the file. `pages` are all that it has. */
  | { type: "document"; documentId: string; name: string; pages: number }
  /** How far it is. `pages` are those that are read. */
  | {
      type: "job";
      jobId: string;
      state: JobState;
      pages: number;
      donePages: number;
      failedPages: number;
    }
  /** A page's text begins; or begins anew, and what was known of it does not count any more. */
  | { type: "page_start"; page: number }
  | { type: "delta"; page: number; delta: string }
  /** With its whole text. `confidence` is 0–1, where the engine knows it. */
  | { type: "page_end"; page: number; text: string; confidence?: number }
  | { type: "page_error"; page: number; code: string; detail: string }
  /** The last one. */
  | {
      type: "done";
      state: EndState;
      documentId: string;
      jobId: string;
      pages: number;
      donePages: number;
      failedPages: number;
    };

/** What has been told of a page. */
interface Told {
  attempt: number;
  text: string;
  /** Its end has been told: of this attempt. */
  ended: boolean;
}

/** Tells each thing once, whatever comes twice after a reconnect. */
export class JobTeller {
  readonly view = new JobView();
  readonly #told = new Map<number, Told>();
  readonly #confidence = new Map<number, number>();

  constructor(readonly jobId: string) {}

  /** @param batch in a state that is sent anew, a page and its text stand in the same one. */
  *tell(batch: readonly JobEvent[]): Generator<OcrRunEvent, void, undefined> {
    const changed = new Set<number>();
    for (const event of batch) {
      this.view.apply(event);
      if (event.type === "job") {
        const { jobId } = this;
        yield* this.#tellPages(changed);
        yield { ...event, jobId };
        continue;
      }
      changed.add(event.page);
      if (event.type === "page" && event.confidence !== undefined) {
        this.#confidence.set(event.page, event.confidence);
      }
    }
    yield* this.#tellPages(changed);
  }

  *#tellPages(pages: Set<number>): Generator<OcrRunEvent, void, undefined> {
    for (const page of pages) {
      const view = this.view.pages.get(page);
      if (view && view.state !== "pending") yield* this.#tellPage(view);
    }
    pages.clear();
  }

  *#tellPage(view: PageView): Generator<OcrRunEvent, void, undefined> {
    const { page, attempt, state, text } = view;
    let told = this.#told.get(page);
    if (told?.attempt !== attempt || !text.startsWith(told.text)) {
      told = { attempt, text: "", ended: false };
      this.#told.set(page, told);
      yield { type: "page_start", page };
    }
    if (text.length > told.text.length) {
      yield { type: "delta", page, delta: text.slice(told.text.length) };
      told.text = text;
    }
    if (state === "running" || told.ended) return;
    told.ended = true;
    yield this.#endOf(view);
  }

  #endOf({ page, state, text, error }: PageView): OcrRunEvent {
    if (state === "done") {
      const confidence = this.#confidence.get(page);
      return { type: "page_end", page, text, ...(confidence !== undefined && { confidence }) };
    }
    const { code, detail } = error ?? { code: "cancelled", detail: "The page was not read." };
    return { type: "page_error", page, code, detail };
  }
}
