/** The metrics as Prometheus itself scrapes, stores and checks them. `scripts/prometheus.ts` gets it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { findPrometheus } from "../scripts/prometheus.ts";
import { startScriptedEngine } from "../src/server/engines/scripted/server.ts";
import { textImage } from "./fixtures/images.ts";
import { numberedPdf, pageNumberOf } from "./fixtures/numbered-pages.ts";
import {
  type PrometheusProcess,
  startPrometheus,
  untilQuery as untilQueryOf,
} from "./fixtures/prometheus.ts";
import { type ServerProcess, startServerProcess, uploadForm } from "./server.ts";

const prometheus = findPrometheus();
const TOKEN = "a-token-for-scrapes";
const TIMEOUT_MS = 60_000;

const targetsSchema = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ health: z.string(), lastError: z.string() })),
  }),
});

// In CI it has to be there.
describe.skipIf(!prometheus && !process.env["CI"])("Prometheus", () => {
  const started = new AsyncDisposableStack();
  let server: ServerProcess;
  let scraper: PrometheusProcess;

  beforeAll(async () => {
    if (!prometheus) throw new Error("There is no Prometheus. Run `bun scripts/prometheus.ts`.");
    const folder = mkdtempSync(join(tmpdir(), "my-ocr-prometheus-"));
    started.defer(() => rmSync(folder, { recursive: true, force: true }));
    const engine = await startScriptedEngine(async ({ image }) =>
      (await pageNumberOf(image)) === 2
        ? { text: "", fault: { kind: "status", status: 400 } }
        : { text: "some text", usage: { prompt_tokens: 10, completion_tokens: 3 } },
    );
    started.use(engine);
    server = await startServerProcess(folder, { LLM_BASE_URL: engine.url, METRICS_TOKEN: TOKEN });
    started.use(server);
    scraper = await startPrometheus(
      prometheus.server,
      folder,
      scrapeConfig(new URL(server.url).host),
    );
    started.use(scraper);
    await untilQuery("sum(up)", 2);
  }, TIMEOUT_MS);

  afterAll(async () => await started.disposeAsync());

  /** Scrapes come once a second. */
  async function untilQuery(query: string, value: number): Promise<void> {
    await untilQueryOf(scraper, query, value);
  }

  async function read(kind: "image" | "pdf", file: Uint8Array): Promise<void> {
    const init = { method: "POST", body: uploadForm(file) };
    const response = await fetch(`${server.url}/api/ocr/${kind}`, init);
    expect(response.status).toBe(200);
    await response.text();
  }

  test(
    "sees both addresses up, and what requests and their pages did",
    async () => {
      await read("image", await textImage(["Hello"], "png"));
      await read("pdf", await numberedPdf(3));
      const job = '{job="root"}';
      await untilQuery(`sum(ocr_requests_total${job})`, 2);
      await untilQuery(`image_requests_total${job}`, 1);
      await untilQuery(`pdf_requests_total${job}`, 1);
      await untilQuery('pages_total{job="root",result="ok"}', 3);
      await untilQuery('pages_total{job="root",result="engine_rejected"}', 1);
      await untilQuery(`sum(engine_first_delta_seconds_count${job})`, 3);
      await untilQuery('http_requests_total{job="root",path="/api/ocr/pdf",status="200"}', 1);
      await untilQuery(`http_in_flight_requests${job}`, 0);
      await untilQuery(`users_total${job}`, 1);
      await untilQuery(`count(process_resident_memory_bytes${job} > 1e7)`, 1);
      // Both addresses tell the same.
      await untilQuery(`count(tokens_total{job="api"} == ignoring(job) tokens_total${job})`, 1);
      const targets = targetsSchema.parse(await scraper.ask("targets"));
      expect(targets.data.activeTargets).toEqual([
        { health: "up", lastError: "" },
        { health: "up", lastError: "" },
      ]);
    },
    TIMEOUT_MS,
  );

  test("promtool has nothing to say but that a gauge is called users_total", async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const scrape = await fetch(`${server.url}/metrics`, { headers });
    const check = Bun.spawn([prometheus?.promtool ?? "", "check", "metrics"], {
      stdin: new Blob([await scrape.text()]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const said = await Promise.all([
      new Response(check.stdout).text(),
      new Response(check.stderr).text(),
    ]);
    // The name is older than the convention, and dashboards use it.
    expect(said.join("").trim()).toBe(
      'users_total non-counter metrics should not have "_total" suffix',
    );
  });
});

function scrapeConfig(target: string) {
  const job = (name: string, path: string) => ({
    job_name: name,
    metrics_path: path,
    authorization: { credentials: TOKEN },
    static_configs: [{ targets: [target] }],
  });
  return {
    global: { scrape_interval: "1s", scrape_timeout: "1s" },
    scrape_configs: [job("root", "/metrics"), job("api", "/api/metrics")],
  };
}
