/**
 * The two forms of a stream. The page form (`/api/ocr/pdf`) interleaves pages, each delta with its
 * page. The text form (`/api/ocr/image`) is one text: a single page has no page events at all, and
 * the pages of a longer file follow each other, so that a client that joins `delta`s has the text.
 */
import type { OcrEvent, PageEndEvent, PageErrorEvent, Usage } from "../../shared/ocr-events.ts";
import type { PageEvent } from "./recognize-page.ts";

export interface StreamForm {
  start: OcrEvent;
  /** What one event of a page is on the wire. */
  convert(event: PageEvent): OcrEvent[];
  /** The closing event once all pages have ended. */
  end(usage: Usage, failedPages: number[]): OcrEvent;
}

export interface StreamShape {
  requestId: string;
  /** Pages that are read, and pages that the document has. */
  pages: number;
  documentPages: number;
  /** What the request leaves behind, where the document is kept. */
  kept?: { document_id: string; job_id: string };
}

export function pageForm(shape: StreamShape): StreamForm {
  return {
    start: { type: "start", kind: "pdf", ...pageCounts(shape), ...idsOf(shape) },
    convert: (event) => [event],
    end: (usage, failedPages) => endOfPages(usage, failedPages),
  };
}

export function textForm(shape: StreamShape): StreamForm {
  return shape.pages === 1 ? singlePageText(shape) : pagesAsText(shape);
}

function singlePageText(shape: StreamShape): StreamForm {
  let last: PageEndEvent | PageErrorEvent | undefined;
  return {
    start: { type: "start", kind: "image", ...idsOf(shape) },
    convert(event) {
      if (event.type === "page_delta") return [{ type: "delta", delta: event.delta }];
      if (event.type !== "page_start") last = event;
      return [];
    },
    end(usage) {
      if (last?.type === "page_error") {
        const { code, detail } = last;
        return { type: "error", code, detail, usage, request_id: shape.requestId };
      }
      // What `page_end` tells beside its own usage stands on `end` here.
      const { type: _type, page: _page, usage: _usage, ...details } = last ?? {};
      return { type: "end", usage, ...details };
    },
  };
}

function pagesAsText(shape: StreamShape): StreamForm {
  let hasText = false;
  let needsGap = false;
  return {
    start: { type: "start", kind: "image", ...pageCounts(shape), ...idsOf(shape) },
    convert(event) {
      if (event.type !== "page_delta") {
        if (event.type === "page_start") needsGap = hasText;
        return [event];
      }
      const gap: OcrEvent[] = needsGap ? [{ type: "delta", delta: "\n\n" }] : [];
      needsGap = false;
      hasText = true;
      return [...gap, { type: "delta", delta: event.delta }];
    },
    end: (usage, failedPages) => endOfPages(usage, failedPages),
  };
}

function idsOf({ requestId, kept }: StreamShape) {
  return { request_id: requestId, ...kept };
}

function pageCounts({ pages, documentPages }: StreamShape): {
  pages: number;
  document_pages?: number;
} {
  return { pages, ...(documentPages !== pages && { document_pages: documentPages }) };
}

function endOfPages(usage: Usage, failedPages: number[]): OcrEvent {
  return {
    type: "end",
    usage,
    ...(failedPages.length > 0 && { failed_pages: failedPages.toSorted((a, b) => a - b) }),
  };
}
