/** One page from pixels to text, as events: draw it, skip it where it is blank, ask the engine. */
import { countCodePoints } from "../../shared/code-points.ts";
import type { OcrEvent, PageEndEvent, PageErrorEvent } from "../../shared/ocr-events.ts";
import type { Engine, EngineEnd, RecognitionOptions } from "../engines/engine.ts";
import type { Claim, Limiter } from "../engines/limiter.ts";
import { type AppError, toAppError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { PageOutcome, RecognitionMetrics } from "../metrics/recognition.ts";
import type { RenderedPage } from "../raster/raster.ts";
import type { AttemptRecord, PageConsumption, UsageRecord } from "./usage-ledger.ts";

/** What an engine gets where it does not count tokens itself; the usual figure for English. */
const CHARS_PER_TOKEN = 4;

export interface PageTask {
  /** 1-based, as the document counts. */
  page: number;
  prompt: string;
  /** Another one than the engine's own. */
  model?: string | undefined;
  /** Draws the page in the engine's profile. */
  render: () => Promise<RenderedPage>;
  engine: Engine;
  limiter: Limiter;
  /** Whose turn at the engine it takes. */
  claim: Claim;
  usage: UsageRecord;
  metrics: RecognitionMetrics;
  /** Of the request; aborting it ends the page with a `page_error`. */
  controller: AbortController;
  /** Aborted when pages that still wait for their turn must not begin any more. */
  hold?: AbortSignal;
  logger: Logger;
}

/** The events of one page. */
export type PageEvent = Extract<
  OcrEvent,
  { type: "page_start" | "page_delta" | "page_end" | "page_error" }
>;

/**
 * Yields `page_start`, deltas, and exactly one `page_end` or `page_error`; a page whose turn comes
 * after an abort yields nothing. Whatever happens, and before its last event, the page's consumption
 * is added to the usage exactly once. Throws nothing: what ends the whole request aborts it.
 */
export async function* recognizePage(task: PageTask): AsyncGenerator<PageEvent, void, undefined> {
  const { page, engine } = task;
  const { signal } = task.controller;
  // The slot is taken before the page is drawn, so that no more pictures exist than pages in work.
  const waiting = task.hold ? AbortSignal.any([signal, task.hold]) : signal;
  const countTurn = task.metrics.awaitTurn(engine.name);
  using slot = await task.limiter.acquire(waiting, task.claim).catch(() => undefined);
  if (!slot) return;
  countTurn();
  const account = PageAccount.open(task);
  if (!account) return;
  const { meter } = account;
  let last: PageEndEvent | PageErrorEvent;
  try {
    yield { type: "page_start", page };
    try {
      const { image, blank } = await task.render();
      signal.throwIfAborted();
      let end: EngineEnd | undefined;
      if (!blank) {
        meter.ask();
        for await (const event of engine.stream(image, optionsOf(task), signal)) {
          if (event.type === "end") {
            end = event;
          } else {
            meter.add(event.delta);
            yield { type: "page_delta", page, delta: event.delta };
          }
        }
      }
      meter.reported = end?.usage;
      last = pageEnd(page, meter, end);
    } catch (error) {
      last = pageError(task, meter, error);
    }
    const failure = account.settle(resultOf(last));
    yield failure ? pageError(task, meter, failure) : last;
  } finally {
    // For readers that leave earlier.
    account.settle("cancelled");
  }
}

function optionsOf({ prompt, model }: PageTask): RecognitionOptions {
  return { prompt, ...(model !== undefined && { model }) };
}

/** As it is counted: `ok`, `blank`, or the code of the error. */
function resultOf(last: PageEndEvent | PageErrorEvent): string {
  if (last.type === "page_error") return last.code;
  return last.source === "blank" ? "blank" : "ok";
}

/** Writes what a page used into the request's usage, once, and counts it. */
class PageAccount {
  readonly meter: PageMeter;
  readonly #task: PageTask;
  readonly #attempt: AttemptRecord;
  #settled = false;

  /** @returns undefined, the request aborted, where the usage cannot be written. */
  static open(task: PageTask): PageAccount | undefined {
    try {
      return new PageAccount(task, task.usage.openPage(task.page));
    } catch (error) {
      task.logger.error({ page: task.page, err: error }, "usage of a page was not opened");
      task.controller.abort(toAppError(error));
      return undefined;
    }
  }

  private constructor(task: PageTask, attempt: AttemptRecord) {
    this.#task = task;
    this.#attempt = attempt;
    this.meter = new PageMeter(task.prompt);
  }

  /** @returns the error, where it cannot be written; the request is then aborted. */
  settle(result: string): AppError | undefined {
    if (this.#settled) return undefined;
    this.#settled = true;
    const consumption = this.meter.consumption();
    const failed = result !== "ok" && result !== "blank";
    const failure = this.#close({ ...consumption, failed });
    const { engine, metrics } = this.#task;
    const outcome = { ...consumption, ...this.meter.times(), engine: engine.name };
    metrics.page({ ...outcome, result: failure?.code ?? result });
    return failure;
  }

  #close(consumption: PageConsumption): AppError | undefined {
    const { controller, logger, page } = this.#task;
    try {
      this.#attempt.close(consumption);
      return undefined;
    } catch (error) {
      logger.error({ page, err: error }, "usage of a page was not recorded");
      const failure = toAppError(error);
      controller.abort(failure);
      return failure;
    }
  }
}

/** Counts what a page uses. */
class PageMeter {
  readonly #promptChars: number;
  #completionChars = 0;
  /** Undefined while the engine was not asked: a blank page costs nothing. */
  #askedAt: number | undefined;
  #firstDeltaAt: number | undefined;
  reported: EngineEnd["usage"];

  constructor(prompt: string) {
    this.#promptChars = countCodePoints(prompt);
  }

  ask(): void {
    this.#askedAt = performance.now();
  }

  add(delta: string): void {
    this.#firstDeltaAt ??= performance.now();
    this.#completionChars += countCodePoints(delta);
  }

  consumption(): Omit<PageConsumption, "failed"> {
    const completionChars = this.#completionChars;
    if (this.#askedAt === undefined) {
      return {
        promptTokens: 0,
        completionTokens: 0,
        completionChars,
        estimated: false,
        reachedEngine: false,
      };
    }
    return {
      promptTokens: this.reported?.promptTokens ?? Math.ceil(this.#promptChars / CHARS_PER_TOKEN),
      completionTokens:
        this.reported?.completionTokens ?? Math.ceil(completionChars / CHARS_PER_TOKEN),
      completionChars,
      estimated: this.reported === undefined,
      reachedEngine: true,
    };
  }

  times(): Pick<PageOutcome, "firstDeltaSeconds" | "engineSeconds"> {
    const secondsUntil = (at: number | undefined): number | undefined =>
      this.#askedAt === undefined || at === undefined ? undefined : (at - this.#askedAt) / 1000;
    return {
      firstDeltaSeconds: secondsUntil(this.#firstDeltaAt),
      engineSeconds: secondsUntil(performance.now()),
    };
  }

  /** As the wire names it. */
  wireUsage(): Pick<PageErrorEvent, "usage" | "estimated"> {
    const used = this.consumption();
    return {
      usage: {
        prompt_tokens: used.promptTokens,
        completion_tokens: used.completionTokens,
        completion_chars: used.completionChars,
      },
      ...(used.estimated && { estimated: true }),
    };
  }
}

function pageEnd(page: number, meter: PageMeter, end: EngineEnd | undefined): PageEndEvent {
  return {
    type: "page_end",
    page,
    ...meter.wireUsage(),
    source: end ? "engine" : "blank",
    finish_reason: end ? end.finishReason : null,
    ...(end?.confidence !== undefined && { confidence: end.confidence }),
    ...(end?.lines && { lines: end.lines }),
  };
}

function pageError(task: PageTask, meter: PageMeter, error: unknown): PageErrorEvent {
  const { signal } = task.controller;
  const { code, message } = toAppError(signal.aborted ? signal.reason : error);
  if (!signal.aborted) {
    const level = code === "internal" ? "error" : "warn";
    task.logger[level]({ page: task.page, code, err: error }, "page failed");
  }
  return { type: "page_error", page: task.page, code, detail: message, ...meter.wireUsage() };
}
