import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { parseScrape, seriesOf } from "../../../tests/fixtures/scrape.ts";
import { type Metrics, createMetrics } from "./registry.ts";

let metrics: Metrics;

beforeEach(() => {
  metrics = createMetrics();
});
afterEach(() => metrics[Symbol.dispose]());

async function scrape(): Promise<Map<string, number>> {
  return parseScrape((await metrics.render()).text);
}

async function bucketsOf(name: string): Promise<string> {
  const found = [...(await scrape()).keys()].map((series) =>
    new RegExp(`^${name}_bucket{le="([^"]+)"`).exec(series),
  );
  return [...new Set(found.flatMap((match) => match?.[1] ?? []))].join(" ");
}

function answer(method: string, path: string | undefined, status = 200): void {
  const request = new Request("http://localhost/", { method });
  metrics.http.begin(request, false);
  metrics.http.end(request, { path, status });
}

describe("the metrics that dashboards rely on", () => {
  test("have the buckets that they were made with", async () => {
    answer("GET", "/healthz");
    expect(await bucketsOf("http_request_duration_seconds")).toBe(
      "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf",
    );
    expect(await bucketsOf("ocr_processing_seconds")).toBe(
      "0.05 0.1 0.25 0.5 1 2 5 10 20 60 120 300 +Inf",
    );
  });

  test("exist from the start, at zero", async () => {
    const now = await scrape();
    for (const series of [
      "http_in_flight_requests",
      'ocr_in_progress{kind="image"}',
      'ocr_in_progress{kind="pdf"}',
      'ocr_requests_total{kind="image"}',
      'ocr_input_bytes_total{kind="pdf"}',
      'ocr_processing_seconds_count{kind="pdf"}',
      "image_requests_total",
      "pdf_requests_total",
      "prompt_tokens_total",
      "completion_tokens_total",
      "tokens_total",
    ]) {
      expect(now.get(series)).toBe(0);
    }
  });

  test("count what a request and its pages used", async () => {
    {
      using run = metrics.recognition.begin("pdf", 1000);
      expect((await scrape()).get('ocr_in_progress{kind="pdf"}')).toBe(1);
      const page = { engine: "embedded", firstDeltaSeconds: 0.5, engineSeconds: 2 };
      metrics.recognition.page({ ...page, result: "ok", promptTokens: 7, completionTokens: 20 });
      metrics.recognition.page({
        ...page,
        result: "engine_timeout",
        promptTokens: 7,
        completionTokens: 3,
      });
      run.state = "partial";
    }
    const now = await scrape();
    expect(now.get('ocr_in_progress{kind="pdf"}')).toBe(0);
    expect(now.get('ocr_requests_total{kind="pdf"}')).toBe(1);
    expect(now.get("pdf_requests_total")).toBe(1);
    expect(now.get("image_requests_total")).toBe(0);
    expect(now.get('ocr_input_bytes_total{kind="pdf"}')).toBe(1000);
    expect(now.get('ocr_processing_seconds_count{kind="pdf"}')).toBe(1);
    expect(now.get('ocr_streams_ended_total{kind="pdf",state="partial"}')).toBe(1);
    expect(now.get("prompt_tokens_total")).toBe(14);
    expect(now.get("completion_tokens_total")).toBe(23);
    expect(now.get("tokens_total")).toBe(37);
    expect(now.get('pages_total{result="engine_timeout"}')).toBe(1);
    // A page that broke off says nothing about how fast the engine is.
    expect(now.get('engine_tokens_per_second_sum{engine="embedded"}')).toBe(10);
  });
});

describe("HTTP requests", () => {
  test("of odd methods and unknown addresses share one label", async () => {
    // Bun hands on those that it knows, and takes all others for GET.
    for (const method of ["PURGE", "PROPFIND", "MKCOL", "LOCK", "SUBSCRIBE"]) {
      answer(method, undefined, 404);
    }
    expect(seriesOf(await scrape(), "http_requests_total")).toEqual([
      'http_requests_total{method="other",path="unmatched",status="404"}',
    ]);
  });

  test("are in flight, and go on, until the last of their streams has ended", async () => {
    const request = new Request("http://localhost/");
    metrics.http.begin(request, false);
    const stream = metrics.http.hold(request);
    metrics.http.end(request, { path: "/api/ocr/pdf", status: 200 });
    expect((await scrape()).get("http_in_flight_requests")).toBe(1);
    expect(seriesOf(await scrape(), "http_requests_total")).toEqual([]);
    await Bun.sleep(20);
    stream[Symbol.dispose]();
    stream[Symbol.dispose]();
    const now = await scrape();
    expect(now.get("http_in_flight_requests")).toBe(0);
    expect(now.get('http_requests_total{method="GET",path="/api/ocr/pdf",status="200"}')).toBe(1);
    expect(
      now.get('http_request_duration_seconds_bucket{le="0.01",method="GET",path="/api/ocr/pdf"}'),
    ).toBe(0);
  });

  test("for the metrics themselves are counted, and not in flight", async () => {
    const request = new Request("http://localhost/metrics");
    metrics.http.begin(request, true);
    expect((await scrape()).get("http_in_flight_requests")).toBe(0);
    metrics.http.end(request, { path: "/metrics", status: 200 });
    expect((await scrape()).get("http_in_flight_requests")).toBe(0);
    expect(seriesOf(await scrape(), "http_requests_total")).toHaveLength(1);
  });
});

test("a value that cannot be read is no number, and takes no other with it", async () => {
  metrics.engineQueues.watch("embedded", { active: 2, waiting: 3 });
  metrics.watchUsers(() => {
    throw new Error("the database is closed");
  });
  const now = await scrape();
  expect(now.get("users_total")).toBe(Number.NaN);
  expect(now.get('limiter_queue_depth{engine="embedded"}')).toBe(3);
  expect(now.get('pages_in_progress{engine="embedded"}')).toBe(2);
});

test("two servers in one process count each for itself", async () => {
  using other = createMetrics();
  other.recognition.begin("image", 5)[Symbol.dispose]();
  expect((await scrape()).get("image_requests_total")).toBe(0);
  expect(parseScrape((await other.render()).text).get("image_requests_total")).toBe(1);
});

test("nothing is said of a V8 or Node.js, which are not there", async () => {
  const { text } = await metrics.render();
  expect(text).not.toContain("nodejs_");
  expect(text).toMatch(/^process_cpu_seconds_total \d/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d/m);
  const heap = Number(/^process_heap_bytes (\d+)$/m.exec(text)?.[1]);
  expect(heap).toBeGreaterThan(0);
  expect(heap).toBeLessThan(process.memoryUsage().rss);
});

describe("an engine's health", () => {
  async function healthAfter(ask: () => Promise<boolean>): Promise<number[]> {
    const asked = Promise.withResolvers<void>();
    metrics.engineHealth.watch("scripted", async () => {
      try {
        return await ask();
      } finally {
        asked.resolve();
      }
    });
    const series = 'my_ocr_engine_up{engine="scripted"}';
    const before = (await scrape()).get(series);
    await asked.promise;
    // What follows the answer is done when the event loop comes round.
    await new Promise((resolve) => setImmediate(resolve));
    return [before ?? -1, (await scrape()).get(series) ?? -1];
  }

  test("is told by the next scrape, for none waits until it answers", async () => {
    expect(await healthAfter(async () => true)).toEqual([Number.NaN, 1]);
  });

  test("is none where it says so or fails", async () => {
    expect(await healthAfter(async () => false)).toEqual([Number.NaN, 0]);
    const failing = healthAfter(async () => {
      throw new Error("no such host");
    });
    expect(await failing).toEqual([Number.NaN, 0]);
  });
});

describe("the storage", () => {
  test("has less room than its size, and the database takes some of it", async () => {
    metrics.watchStorage({ directory: import.meta.dir, database: import.meta.path });
    const now = await scrape();
    const free = now.get("my_ocr_data_free_bytes") ?? 0;
    expect(free).toBeGreaterThan(0);
    expect(now.get("my_ocr_data_size_bytes")).toBeGreaterThanOrEqual(free);
    expect(now.get("my_ocr_database_bytes")).toBe(Bun.file(import.meta.path).size);
  });

  test("is no number where it is gone, and takes no other with it", async () => {
    metrics.watchStorage({ directory: "/no/such/folder", database: ":memory:" });
    const now = await scrape();
    expect(now.get("my_ocr_data_free_bytes")).toBe(Number.NaN);
    expect(now.get("my_ocr_database_bytes")).toBe(Number.NaN);
    expect(now.get("tokens_total")).toBe(0);
  });
});
