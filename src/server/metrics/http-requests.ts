/**
 * HTTP requests by method, route and status. Nothing that a caller makes up becomes a label: the
 * path is the route's template, and methods are those that HTTP knows.
 */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What is known of a request when its handler is done. */
export interface HandledRequest {
  /** The route's template, such as `/api/jobs/:id`; undefined where no route took it. */
  path: string | undefined;
  status: number;
}

interface RunningRequest {
  method: string;
  startedAt: number;
  isCounted: boolean;
  /** The handler is one; so is each stream that it has left running. */
  holders: number;
  handled: HandledRequest | undefined;
}

export class HttpRequestMetrics {
  /** Keyed by the request itself: hooks of a server share nothing else from its first moment on. */
  readonly #running = new WeakMap<Request, RunningRequest>();
  readonly #inFlight: Gauge;
  readonly #requests: Counter<"method" | "path" | "status">;
  readonly #seconds: Histogram<"method" | "path">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#inFlight = new Gauge({
      name: "http_in_flight_requests",
      help: "HTTP requests that are not answered to their end yet, streams included. Scrapes do not count.",
      registers,
    });
    this.#requests = new Counter({
      name: "http_requests_total",
      help: "HTTP requests that were answered to their end. The path is the route's template.",
      labelNames: ["method", "path", "status"],
      registers,
    });
    this.#seconds = new Histogram({
      name: "http_request_duration_seconds",
      help: "Seconds from an HTTP request's head to the end of its answer, streams included.",
      labelNames: ["method", "path"],
      buckets: DURATION_BUCKETS,
      registers,
    });
  }

  /** @param isScrape leaves it out of those in flight: each scrape would see itself. */
  begin(request: Request, isScrape: boolean): void {
    const method = METHODS.has(request.method) ? request.method : "other";
    const startedAt = performance.now();
    const isCounted = !isScrape;
    this.#running.set(request, { method, startedAt, isCounted, holders: 1, handled: undefined });
    if (isCounted) this.#inFlight.inc();
  }

  /** Keeps a request in flight beyond its handler: for answers that stream. Dispose at their end. */
  hold(request: Request): Disposable {
    const running = this.#running.get(request);
    let isHeld = running !== undefined && running.holders > 0;
    if (running && isHeld) running.holders++;
    return {
      [Symbol.dispose]: () => {
        if (running && isHeld) this.#release(running);
        isHeld = false;
      },
    };
  }

  /** The handler is done. Its request is over with the last stream of it. */
  end(request: Request, handled: HandledRequest): void {
    const running = this.#running.get(request);
    if (!running || running.handled) return;
    running.handled = handled;
    this.#release(running);
  }

  #release(running: RunningRequest): void {
    running.holders--;
    const { method, startedAt, isCounted, handled } = running;
    if (running.holders > 0 || !handled) return;
    const { status } = handled;
    const path = handled.path ?? "unmatched";
    if (isCounted) this.#inFlight.dec();
    this.#requests.inc({ method, path, status: String(status) });
    this.#seconds.observe({ method, path }, (performance.now() - startedAt) / 1000);
  }
}
