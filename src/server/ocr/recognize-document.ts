/**
 * One recognition request from the opened document to its last event. All pages are tried; each
 * that started is closed, also by a cancellation; the stream ends in exactly one `end` or `error`,
 * and the usage row is closed exactly once before it.
 */
import { countCodePoints } from "../../shared/code-points.ts";
import type { OcrEvent, Usage } from "../../shared/ocr-events.ts";
import type { OpenedUpload } from "../documents/open-upload.ts";
import type { EngineSlot } from "../engines/engines.ts";
import { AppError, toAppError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { RecognitionMetrics } from "../metrics/recognition.ts";
import { inOrder } from "../streams/in-order.ts";
import { mergeConcurrent } from "../streams/merge.ts";
import { type PageEvent, recognizePage } from "./recognize-page.ts";
import { type StreamForm, pageForm, textForm } from "./stream-forms.ts";
import type { ClosedState, UsageLedger, UsageRecord } from "./usage-ledger.ts";

export interface RecognitionRequest {
  requestId: string;
  userId: number;
  /** The form of the stream: see `stream-forms.ts`. */
  kind: "image" | "pdf";
  upload: OpenedUpload;
  prompt: string;
  /**
   * Aborting it closes the pages that run with a `page_error` each, and the request with an `error`
   * event; leaving the loop aborts it.
   */
  controller: AbortController;
  /** Of the pages; given back as soon as the usage row counts instead. */
  reservation?: Disposable;
  logger: Logger;
}

export interface RecognitionTools extends Omit<EngineSlot, "health"> {
  ledger: UsageLedger;
  metrics: RecognitionMetrics;
}

export async function* recognizeDocument(
  request: RecognitionRequest,
  tools: RecognitionTools,
): AsyncGenerator<OcrEvent, void, undefined> {
  using run = tools.metrics.begin(request.kind, request.upload.bytes);
  const usage = openUsage(request, tools);
  request.reservation?.[Symbol.dispose]();
  const form = streamForm(request);
  const failedPages: number[] = [];
  let unread = request.upload.selected.length;
  let state: ClosedState = "cancelled";
  let failure: AppError | undefined;
  try {
    yield form.start;
    for await (const event of pageEvents(request, tools, usage)) {
      if (event.type === "page_error") failedPages.push(event.page);
      if (wasTried(event, request)) unread--;
      for (const converted of form.convert(event)) {
        // A reader that leaves here does not come back: abort first. The pages that wait for the
        // engine would otherwise be left only when it says something.
        let taken = false;
        try {
          yield converted;
          taken = true;
        } finally {
          if (!taken) request.controller.abort(new AppError("cancelled", "The reader left."));
        }
      }
    }
    // Cancelled after its last page a request is whole all the same.
    if (unread > 0) request.controller.signal.throwIfAborted();
    state = endState(failedPages.length, request.upload.selected.length);
  } catch (error) {
    failure = failureOf(error, request);
    if (failure.code === "internal") state = "failed";
  } finally {
    usage.close(state);
    run.state = state;
  }
  const used = wireUsage(request, usage);
  if (failure) {
    const { code, message: detail } = failure;
    yield { type: "error", code, detail, usage: used, request_id: request.requestId };
  } else {
    yield form.end(used, failedPages);
  }
}

function openUsage(request: RecognitionRequest, tools: RecognitionTools): UsageRecord {
  const pages = request.upload.selected.length;
  return tools.ledger.open({
    requestId: request.requestId,
    userId: request.userId,
    kind: request.kind,
    engine: tools.engine.name,
    model: tools.engine.model,
    promptChars: countCodePoints(request.prompt) * pages,
    inputBytes: request.upload.bytes,
    pages,
  });
}

function streamForm(request: RecognitionRequest): StreamForm {
  const { selected, pages } = request.upload;
  const form = request.kind === "pdf" ? pageForm : textForm;
  return form({ requestId: request.requestId, pages: selected.length, documentPages: pages });
}

function pageEvents(
  request: RecognitionRequest,
  tools: RecognitionTools,
  usage: UsageRecord,
): AsyncIterable<PageEvent> {
  const { upload, prompt, logger } = request;
  const { engine, limiter, metrics } = tools;
  const { controller } = request;
  const render = (page: number) => async () =>
    await upload.render(page, engine.profile, controller.signal);
  const task = { prompt, engine, limiter, usage, metrics, controller, logger };
  const { userId } = request;
  const starts = upload.selected.map((page, rank) => () => {
    const claim = { userId, rank };
    return recognizePage({ ...task, page, claim, render: render(page) });
  });
  const [only, ...others] = starts;
  // Nothing to combine, and each layer costs something for each delta.
  if (only && others.length === 0) return only();
  const combine = request.kind === "pdf" ? mergeConcurrent : inOrder;
  return combine(starts, tools.pageConcurrency);
}

/** Whether the page came to its own end: not by the request's cancellation. */
function wasTried(event: PageEvent, { controller }: RecognitionRequest): boolean {
  return event.type === "page_end" || (event.type === "page_error" && !controller.signal.aborted);
}

function failureOf(error: unknown, { controller, logger }: RecognitionRequest): AppError {
  const { signal } = controller;
  if (signal.aborted) {
    if (signal.reason instanceof AppError) return signal.reason;
    return new AppError("cancelled", "The request was cancelled.");
  }
  logger.error({ err: error }, "recognition failed");
  // No page may go on unseen.
  controller.abort(error);
  return toAppError(error);
}

function endState(failed: number, pages: number): ClosedState {
  if (failed === 0) return "done";
  return failed === pages ? "failed" : "partial";
}

function wireUsage(request: RecognitionRequest, { totals }: UsageRecord): Usage {
  const pages = request.upload.selected.length;
  const isOneText = request.kind === "image" && pages === 1;
  return {
    prompt_tokens: totals.promptTokens,
    completion_tokens: totals.completionTokens,
    prompt_chars: countCodePoints(request.prompt) * pages,
    completion_chars: totals.completionChars,
    input_bytes: request.upload.bytes,
    ...(!isOneText && { pages }),
  };
}
