/** What is read: requests, their pages, and how the engine does. Counted a page, never a delta. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { Pace } from "./pace.ts";

const KINDS = ["image", "pdf"] as const;
type Kind = (typeof KINDS)[number];
/** Jobs that are paused, or that the end of the server interrupts, go on later as another run. */
const STATES = ["done", "partial", "failed", "cancelled", "paused", "interrupted"] as const;
export type RunState = (typeof STATES)[number];

const PROCESSING_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60, 120, 300];
const ENGINE_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const WAIT_BUCKETS = [0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const SPEED_BUCKETS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500];

/** A request, or the run of a job, while it is read. Disposing it counts how it ended. */
export interface RecognitionRun extends Disposable {
  /** `failed` until it is set: whoever does not come to set it has failed. */
  state: RunState;
}

/** One page that is over. */
export interface PageOutcome {
  engine: string;
  /** `ok`, `blank`, or the code of the error. */
  result: string;
  promptTokens: number;
  completionTokens: number;
  /** From the question to the first delta; undefined where there was none. */
  firstDeltaSeconds: number | undefined;
  /** From the question to the end; undefined where the engine was not asked. */
  engineSeconds: number | undefined;
}

export class RecognitionMetrics {
  readonly #requests: ReturnType<typeof requestMetrics>;
  readonly #tokens: ReturnType<typeof tokenMetrics>;
  readonly #pages: ReturnType<typeof pageMetrics>;
  readonly #paces = new Map<string, Pace>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = requestMetrics(registers);
    this.#tokens = tokenMetrics(registers);
    this.#pages = pageMetrics(registers);
  }

  /** @param inputBytes size of the file. */
  begin(kind: Kind, inputBytes: number): RecognitionRun {
    const { requests, images, pdfs, inProgress, bytes, seconds, ended } = this.#requests;
    requests.inc({ kind });
    (kind === "image" ? images : pdfs).inc();
    bytes.inc({ kind }, inputBytes);
    inProgress.inc({ kind });
    const observeSeconds = seconds.startTimer({ kind });
    return {
      state: "failed",
      [Symbol.dispose]() {
        observeSeconds();
        inProgress.dec({ kind });
        ended.inc({ kind, state: this.state });
      },
    };
  }

  /** @returns what is called when the page that waits for its engine has its turn. */
  awaitTurn(engine: string): () => void {
    return this.#pages.wait.startTimer({ engine });
  }

  page(outcome: PageOutcome): void {
    const { engine, result, promptTokens, completionTokens } = outcome;
    const { firstDeltaSeconds, engineSeconds } = outcome;
    this.#tokens.prompt.inc(promptTokens);
    this.#tokens.completion.inc(completionTokens);
    this.#tokens.all.inc(promptTokens + completionTokens);
    const { pages, firstDelta, seconds, speed } = this.#pages;
    pages.inc({ result });
    if (firstDeltaSeconds !== undefined) firstDelta.observe({ engine }, firstDeltaSeconds);
    if (engineSeconds === undefined) return;
    seconds.observe({ engine }, engineSeconds);
    if (result === "ok") this.#paceOf(engine).add(engineSeconds);
    const isMeasured = result === "ok" && completionTokens > 0 && engineSeconds > 0;
    if (isMeasured) speed.observe({ engine }, completionTokens / engineSeconds);
  }

  /** How long an engine took for its last pages, each; undefined before the first. */
  secondsPerPage(engine: string): number | undefined {
    return this.#paceOf(engine).secondsPerPage;
  }

  #paceOf(engine: string): Pace {
    let pace = this.#paces.get(engine);
    if (!pace) this.#paces.set(engine, (pace = new Pace()));
    return pace;
  }
}

type Registers = Registry[];

function requestMetrics(registers: Registers) {
  const labelNames = ["kind" as const];
  const metrics = {
    ...requestCounters(registers),
    inProgress: new Gauge({
      name: "ocr_in_progress",
      help: "Requests and jobs that are being read.",
      labelNames,
      registers,
    }),
    seconds: new Histogram({
      name: "ocr_processing_seconds",
      help: "Seconds from a complete upload to the end of its text, the reader's pace included.",
      labelNames,
      buckets: PROCESSING_BUCKETS,
      registers,
    }),
  };
  // So that a rate exists before the first request of a kind.
  for (const kind of KINDS) {
    metrics.inProgress.set({ kind }, 0);
    metrics.requests.inc({ kind }, 0);
    metrics.bytes.inc({ kind }, 0);
    metrics.seconds.zero({ kind });
    for (const state of STATES) metrics.ended.inc({ kind, state }, 0);
  }
  return metrics;
}

function requestCounters(registers: Registers) {
  return {
    requests: new Counter({
      name: "ocr_requests_total",
      help: "Requests whose file was accepted, by the kind of their stream, and runs of jobs, by that of their document.",
      labelNames: ["kind"],
      registers,
    }),
    images: new Counter({
      name: "image_requests_total",
      help: "Accepted requests for one text, and runs of jobs of images.",
      registers,
    }),
    pdfs: new Counter({
      name: "pdf_requests_total",
      help: "Accepted requests for a text page by page, and runs of jobs of PDFs.",
      registers,
    }),
    bytes: new Counter({
      name: "ocr_input_bytes_total",
      help: "Bytes of the accepted files.",
      labelNames: ["kind"],
      registers,
    }),
    ended: new Counter({
      name: "ocr_streams_ended_total",
      help: "Requests and runs of jobs that ended, by state. Partial: some pages failed; paused and interrupted jobs go on.",
      labelNames: ["kind", "state"],
      registers,
    }),
  };
}

function tokenMetrics(registers: Registers) {
  const counter = (name: string, what: string): Counter =>
    new Counter({ name, help: `${what}, estimated where the engine does not count.`, registers });
  return {
    prompt: counter("prompt_tokens_total", "Tokens that engines were given"),
    completion: counter("completion_tokens_total", "Tokens that engines wrote"),
    all: counter("tokens_total", "Tokens that engines were given or wrote"),
  };
}

function pageMetrics(registers: Registers) {
  const labelNames = ["engine" as const];
  return {
    pages: new Counter({
      name: "pages_total",
      help: "Pages that ended, by result: ok, blank (no engine was asked), or the code of the error.",
      labelNames: ["result"],
      registers,
    }),
    wait: new Histogram({
      name: "limiter_wait_seconds",
      help: "Seconds that a page waited until it had its turn with the engine.",
      labelNames,
      buckets: WAIT_BUCKETS,
      registers,
    }),
    firstDelta: new Histogram({
      name: "engine_first_delta_seconds",
      help: "Seconds from asking the engine for a page to its first text.",
      labelNames,
      buckets: ENGINE_BUCKETS,
      registers,
    }),
    seconds: new Histogram({
      name: "engine_page_seconds",
      help: "Seconds that a page was with the engine, the reader's pace included.",
      labelNames,
      buckets: ENGINE_BUCKETS,
      registers,
    }),
    speed: new Histogram({
      name: "engine_tokens_per_second",
      help: "Tokens a second that the engine wrote of a page that was read to its end.",
      labelNames,
      buckets: SPEED_BUCKETS,
      registers,
    }),
  };
}
