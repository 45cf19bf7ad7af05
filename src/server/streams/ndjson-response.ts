/**
 * An HTTP response of newline-delimited JSON from an async generator. It is pulled: the generator
 * runs only as fast as the reader takes lines, so a stalled reader costs one line of memory here.
 */
import { encodeNdjsonLine } from "../../shared/ndjson.ts";
import { AppError } from "../errors.ts";
import { Burst } from "./burst.ts";

export interface NdjsonResponseOptions<T> {
  /** What the generator's work listens to. Aborted when the reader goes away or stalls. */
  controller: AbortController;
  /** The stream is over, however it ended, and the generator has cleaned up. Called exactly once. */
  onClose: () => void;
  /** The last line where the generator throws, which it should not. */
  onError: (error: unknown) => T;
  /** A reader that takes nothing for so long is taken for gone. */
  stallMs: number;
  headers?: Record<string, string>;
}

/** How long a reader may take for each of the last lines once the work was cancelled. */
const LAST_LINE_MS = 1_000;
/** And for all of them: a server that stops waits no longer (`lifecycle.ts`). */
const LAST_LINES_MS = 4_000;

export function ndjsonResponse<T>(
  events: AsyncGenerator<T, void, undefined>,
  options: NdjsonResponseOptions<T>,
): Response {
  return new Response(new ReadableStream(new NdjsonSource(events, options), { highWaterMark: 0 }), {
    headers: {
      "content-type": "application/x-ndjson; charset=utf-8",
      "cache-control": "no-store",
      // Proxies must hand on each line at once: nginx, ngx_http_proxy_module, proxy_buffering.
      "x-accel-buffering": "no",
      ...options.headers,
    },
  });
}

class NdjsonSource<T> implements UnderlyingDefaultSource<Uint8Array> {
  readonly #events: AsyncGenerator<T, void, undefined>;
  readonly #options: NdjsonResponseOptions<T>;
  readonly #stallWatch: Timer;
  #lastLinesWatch: Timer | undefined;
  /** Since when a line has been waiting for the reader; undefined while none is. */
  #waitingSince: number | undefined;
  readonly #burst = new Burst();
  /** Nobody takes lines any more. */
  #left = false;
  #closed = false;

  constructor(events: AsyncGenerator<T, void, undefined>, options: NdjsonResponseOptions<T>) {
    this.#events = events;
    this.#options = options;
    // One coarse timer a stream: arming one for each line would cost more than the line.
    this.#stallWatch = setInterval(() => this.#checkStall(), options.stallMs / 4);
    this.#stallWatch.unref();
  }

  start(stream: ReadableStreamDefaultController<Uint8Array>): void {
    const { signal } = this.#options.controller;
    const onAbort = (): void => {
      const abortedAt = performance.now();
      const check = (): void => this.#checkLastLines(stream, abortedAt);
      this.#lastLinesWatch = setInterval(check, LAST_LINE_MS / 4);
      this.#lastLinesWatch.unref();
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  }

  async pull(stream: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#waitingSince = undefined;
    const askedAt = performance.now();
    const turn = this.#burst.turn(askedAt);
    // Not awaited where there is nothing to wait for: this runs for every delta.
    if (turn) await turn;
    try {
      const { done, value } = await this.#events.next();
      const now = performance.now();
      this.#burst.answered(askedAt, now);
      if (this.#left) return;
      if (!done) {
        this.#waitingSince = now;
        stream.enqueue(encodeNdjsonLine(value));
        return;
      }
    } catch (error) {
      if (this.#left) return;
      stream.enqueue(encodeNdjsonLine(this.#options.onError(error)));
    }
    this.#close();
    stream.close();
  }

  async cancel(): Promise<void> {
    this.#options.controller.abort(new AppError("cancelled", "The reader went away."));
    await this.#leave();
  }

  #checkStall(): void {
    if (this.#waitingSince === undefined) return;
    if (performance.now() - this.#waitingSince < this.#options.stallMs) return;
    clearInterval(this.#stallWatch);
    this.#options.controller.abort(
      new AppError("stream_stalled", "The reader of the stream stopped reading."),
    );
  }

  /** The generator now yields its last lines; a reader that does not fetch them is left behind. */
  #checkLastLines(stream: ReadableStreamDefaultController<Uint8Array>, abortedAt: number): void {
    const now = performance.now();
    const waiting = this.#waitingSince;
    const isIdle = waiting !== undefined && now - Math.max(waiting, abortedAt) > LAST_LINE_MS;
    if (isIdle || now - abortedAt > LAST_LINES_MS) void this.#leave(stream);
  }

  async #leave(stream?: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#closed || this.#left) return;
    this.#left = true;
    try {
      await this.#events.return();
    } catch (error) {
      // It says so in the log; nobody reads a last line any more.
      this.#options.onError(error);
    } finally {
      this.#close();
      // Cut the connection instead of ending it: the reader must not take this for the whole text.
      stream?.error(new Error("the stream was left by its reader"));
    }
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#stallWatch);
    clearInterval(this.#lastLinesWatch);
    this.#options.onClose();
  }
}
