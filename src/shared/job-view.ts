/** A job as those see it who follow it: its events, applied. Free of dependencies, for browsers. */
import type { JobEvent, PageStateEvent } from "./job-events.ts";
import type { JobState, PageState } from "./job-states.ts";

/** A page as it stands after the events so far. */
export interface PageView {
  page: number;
  state: PageState;
  attempt: number;
  version: number;
  text: string;
  /** Of the text that counts. */
  origin?: "engine" | "edit" | undefined;
  confidence?: number | undefined;
  error?: { code: string; detail: string } | undefined;
}

/** A job as it stands after the events so far. Changes in place. */
export class JobView {
  state: JobState = "queued";
  readonly pages = new Map<number, PageView>();

  apply(event: JobEvent): void {
    switch (event.type) {
      case "job":
        this.state = event.state;
        return;
      case "page":
        this.#applyPage(event);
        return;
      case "text": {
        const page = this.#page(event.page);
        page.attempt = event.attempt;
        page.text = event.text;
        return;
      }
      case "delta": {
        const page = this.#page(event.page);
        if (page.attempt !== event.attempt) return;
        const known = page.text.length - event.offset;
        // Below 0 something is missing, which the server does not let happen.
        if (known < 0 || known >= event.delta.length) return;
        page.text += known === 0 ? event.delta : event.delta.slice(known);
        return;
      }
    }
    event satisfies never;
  }

  #applyPage(event: PageStateEvent): void {
    const page = this.#page(event.page);
    const begins = event.state === "running" && event.attempt !== page.attempt;
    // What a cut attempt has said is no text of the page: it is not kept anywhere.
    const hasNone = event.state !== "running" && event.version === 0;
    if (begins || hasNone) page.text = "";
    page.state = event.state;
    page.attempt = event.attempt;
    page.version = event.version;
    page.origin = event.origin;
    page.confidence = event.confidence;
    page.error = event.error;
  }

  #page(number: number): PageView {
    let page = this.pages.get(number);
    if (!page) {
      page = { page: number, state: "pending", attempt: 0, version: 0, text: "" };
      this.pages.set(number, page);
    }
    return page;
  }
}
