/** What the page knows of one recognition, as a pure function of its events. */
import type { OcrEvent } from "../../shared/ocr-events.ts";

export interface PageState {
  page: number;
  text: string;
  status: "reading" | "done" | "blank" | "failed" | "stopped";
  /** Why it failed, in the server's words. */
  detail?: string;
  /** 0–1, where the engine knows it. */
  confidence?: number;
}

export type RecognitionState =
  | { phase: "idle" }
  | { phase: "uploading"; fileName: string }
  | { phase: "reading"; pageCount: number; pages: PageState[] }
  | { phase: "done"; pageCount: number; pages: PageState[]; seconds: number }
  | { phase: "stopped"; pages: PageState[] }
  | { phase: "failed"; pages: PageState[]; failure: Failure };

export type Failure =
  | { kind: "server"; detail: string }
  | { kind: "network" }
  /** The stream closed without its last event. */
  | { kind: "cut" };

export type RecognitionAction =
  | { type: "reset" }
  | { type: "started"; fileName: string }
  | { type: "events"; events: readonly OcrEvent[]; seconds: number }
  | { type: "stopped" }
  | { type: "failed"; failure: Failure };

export function recognitionReducer(
  state: RecognitionState,
  action: RecognitionAction,
): RecognitionState {
  switch (action.type) {
    case "reset":
      return { phase: "idle" };
    case "started":
      return { phase: "uploading", fileName: action.fileName };
    case "events":
      return action.events.reduce((next, event) => afterEvent(next, event, action.seconds), state);
    case "stopped":
      return { phase: "stopped", pages: closedPages(state) };
    case "failed":
      return { phase: "failed", pages: closedPages(state), failure: action.failure };
  }
}

export function pagesOf(state: RecognitionState): PageState[] {
  return "pages" in state ? state.pages : [];
}

function afterEvent(state: RecognitionState, event: OcrEvent, seconds: number): RecognitionState {
  if (event.type === "start") {
    return { phase: "reading", pageCount: event.pages ?? 1, pages: [] };
  }
  if (state.phase !== "reading") return state;
  switch (event.type) {
    case "page_start":
      return withPage(state, { page: event.page, text: "", status: "reading" });
    case "page_delta":
      return changed(state, event.page, (page) => ({ ...page, text: page.text + event.delta }));
    case "page_end":
      return changed(state, event.page, (page) => ({
        ...page,
        status: event.source === "blank" ? "blank" : "done",
        ...(event.confidence === undefined ? {} : { confidence: event.confidence }),
      }));
    case "page_error":
      return changed(state, event.page, (page) => ({
        ...page,
        status: "failed",
        detail: event.detail,
      }));
    case "end":
      return { phase: "done", pageCount: state.pageCount, pages: state.pages, seconds };
    case "error":
      return {
        phase: "failed",
        pages: closedPages(state),
        failure: { kind: "server", detail: event.detail },
      };
    case "delta":
    case "ping":
      return state;
  }
}

type Reading = Extract<RecognitionState, { phase: "reading" }>;

/** Pages may start in any order; they are shown in the document's. */
function withPage(state: Reading, page: PageState): Reading {
  const others = state.pages.filter((other) => other.page !== page.page);
  return { ...state, pages: [...others, page].toSorted((a, b) => a.page - b.page) };
}

function changed(state: Reading, page: number, change: (page: PageState) => PageState): Reading {
  return {
    ...state,
    pages: state.pages.map((other) => (other.page === page ? change(other) : other)),
  };
}

function closedPages(state: RecognitionState): PageState[] {
  return pagesOf(state).map((page) =>
    page.status === "reading" ? { ...page, status: "stopped" } : page,
  );
}
