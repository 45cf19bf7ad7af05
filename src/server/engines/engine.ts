/**
 * The one interface of everything that reads a page. An engine gets one page image and answers with
 * text as it comes; `engine.conformance.ts` is the suite that every engine passes.
 */
import type { Line } from "../../shared/ocr-events.ts";
import type { ImageProfile, PageImage } from "../page-image.ts";

export interface RecognitionOptions {
  prompt: string;
  /** Where the engine has several; its own choice where left out. */
  model?: string;
}

/** Tokens as the engine counted them. */
export interface EngineUsage {
  promptTokens: number;
  completionTokens: number;
}

export interface EngineDelta {
  type: "delta";
  /** Never empty. */
  delta: string;
}

/** The last event of a page that was read to its end. */
export interface EngineEnd {
  type: "end";
  /** Left out where the engine sends none. */
  usage?: EngineUsage;
  /** `stop`, `length`, …; null where the engine does not say. */
  finishReason: string | null;
  /** Mean confidence, 0–1. */
  confidence?: number;
  lines?: Line[];
}

export type EngineEvent = EngineDelta | EngineEnd;

/** `detail` says what an operator has to do; it names no secret. */
export type EngineHealth = { ok: true } | { ok: false; detail: string };

export interface Engine extends AsyncDisposable {
  /** `embedded`, `openai-compatible`: for logs and usage rows. */
  readonly name: string;
  readonly model: string;
  readonly profile: ImageProfile;
  /** How many pages it is worth giving it at once. */
  readonly concurrency: number;
  /**
   * Reads one page: any number of deltas, then exactly one end. Pulls from the engine only as fast
   * as it is read. Leaving the loop, or aborting `signal`, cancels the work at the engine at once.
   *
   * @throws AppError with a code of `api-errors.ts` (`engine_…`) when the engine fails, and the
   *   signal's reason after an abort.
   */
  stream(
    image: PageImage,
    options: RecognitionOptions,
    signal: AbortSignal,
  ): AsyncGenerator<EngineEvent, void, undefined>;
  /**
   * The models that it can read with; its own one first.
   *
   * @throws AppError engine_unreachable where it has to be asked and does not answer.
   */
  models(signal: AbortSignal): Promise<string[]>;
  /** Whether it can read a page now. Never throws; bounded by `signal`. */
  health(signal: AbortSignal): Promise<EngineHealth>;
}
