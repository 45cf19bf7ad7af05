/**
 * The metrics of a vLLM on loopback, in the names, labels and buckets that vLLM documents for its V1
 * engine. What is measured are the calls of a scripted engine, with times made of their tokens.
 *
 * @see https://docs.vllm.ai/en/stable/usage/metrics/
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";

const LABELS = { model_name: "deepseek-ai/DeepSeek-OCR", engine: "0" };
const labelNames = Object.keys(LABELS);
const FIRST_TOKEN_BUCKETS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
];
const TOKEN_GAP_BUCKETS = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
];
const REQUEST_BUCKETS = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240];
const COUNT_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

const COUNTERS = [
  "prompt_tokens_total",
  "generation_tokens_total",
  "num_preemptions_total",
  "prefix_cache_queries_total",
  "prefix_cache_hits_total",
  "mm_cache_queries_total",
  "mm_cache_hits_total",
] as const;
const HISTOGRAMS = {
  time_to_first_token_seconds: FIRST_TOKEN_BUCKETS,
  inter_token_latency_seconds: TOKEN_GAP_BUCKETS,
  e2e_request_latency_seconds: REQUEST_BUCKETS,
  request_queue_time_seconds: REQUEST_BUCKETS,
  request_prefill_time_seconds: REQUEST_BUCKETS,
  request_decode_time_seconds: REQUEST_BUCKETS,
  request_prompt_tokens: COUNT_BUCKETS,
  request_generation_tokens: COUNT_BUCKETS,
};
const GAUGES = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"] as const;

const GAP_S = 0.012;
const MOST_RUNNING = 4;

export interface VllmExporter extends AsyncDisposable {
  /** Host and port. */
  host: string;
  registry: Registry;
  /** One request, as vLLM sees it: call it at the beginning, and what it gives at the end. */
  begin(promptTokens: number): (tokens: number, finishedReason: "stop" | "length") => void;
}

export function startVllmExporter(): VllmExporter {
  const registry = new Registry();
  const metrics = new VllmMetrics(registry);
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: {
      "/metrics": async () =>
        new Response(await registry.metrics(), {
          headers: { "content-type": registry.contentType },
        }),
    },
  });
  return {
    host: `127.0.0.1:${server.port}`,
    registry,
    begin: (promptTokens) => metrics.begin(promptTokens),
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  };
}

class VllmMetrics {
  readonly #gauges: Record<(typeof GAUGES)[number], Gauge>;
  readonly #counters: Map<(typeof COUNTERS)[number], Counter>;
  readonly #histograms: Map<string, Histogram>;
  readonly #success: Counter;
  #open = 0;

  constructor(registry: Registry) {
    const options = (name: string) => ({
      name: `vllm:${name}`,
      help: "As vLLM documents it.",
      labelNames,
      registers: [registry],
    });
    const gauge = (name: (typeof GAUGES)[number]): Gauge => new Gauge(options(name));
    this.#gauges = {
      num_requests_running: gauge("num_requests_running"),
      num_requests_waiting: gauge("num_requests_waiting"),
      kv_cache_usage_perc: gauge("kv_cache_usage_perc"),
    };
    this.#counters = new Map(COUNTERS.map((name) => [name, new Counter(options(name))]));
    this.#histograms = new Map(
      Object.entries(HISTOGRAMS).map(([name, buckets]) => [
        name,
        new Histogram({ ...options(name), buckets }),
      ]),
    );
    this.#success = new Counter({
      ...options("request_success_total"),
      labelNames: [...labelNames, "finished_reason"],
    });
    for (const counter of this.#counters.values()) counter.inc(LABELS, 0);
    this.#showOpen();
  }

  begin(promptTokens: number): (tokens: number, finishedReason: string) => void {
    const startedAt = performance.now();
    this.#open++;
    this.#showOpen();
    this.#count("prompt_tokens_total", promptTokens);
    this.#count("prefix_cache_queries_total", promptTokens);
    this.#count("prefix_cache_hits_total", Math.floor(promptTokens / 4));
    this.#count("mm_cache_queries_total", 1);
    return (tokens, finished_reason) => {
      this.#open--;
      this.#showOpen();
      this.#count("generation_tokens_total", tokens);
      this.#success.inc({ ...LABELS, finished_reason });
      this.#observe("request_prompt_tokens", promptTokens);
      this.#observe("request_generation_tokens", tokens);
      this.#observeTimes((performance.now() - startedAt) / 1000, tokens);
    };
  }

  #observeTimes(seconds: number, tokens: number): void {
    const decode = Math.min(tokens * GAP_S, seconds);
    this.#observe("e2e_request_latency_seconds", seconds);
    this.#observe("request_queue_time_seconds", (seconds - decode) / 2);
    this.#observe("request_prefill_time_seconds", (seconds - decode) / 2);
    this.#observe("request_decode_time_seconds", decode);
    this.#observe("time_to_first_token_seconds", seconds - decode);
    for (let n = 1; n < tokens; n++) this.#observe("inter_token_latency_seconds", decode / tokens);
  }

  #count(name: (typeof COUNTERS)[number], value: number): void {
    this.#counters.get(name)?.inc(LABELS, value);
  }

  #observe(name: keyof typeof HISTOGRAMS, value: number): void {
    this.#histograms.get(name)?.observe(LABELS, value);
  }

  #showOpen(): void {
    const running = Math.min(this.#open, MOST_RUNNING);
    this.#gauges.num_requests_running.set(LABELS, running);
    this.#gauges.num_requests_waiting.set(LABELS, this.#open - running);
    this.#gauges.kv_cache_usage_perc.set(LABELS, running / (2 * MOST_RUNNING));
  }
}
