/**
 * Runs every query of every panel and rule against a real Prometheus that has scraped a real server
 * under a mixed load, as Grafana would.
 */
import { z } from "zod";
import type { Prometheus } from "../../scripts/prometheus.ts";
import { type PrometheusProcess, startPrometheus, untilQuery } from "../fixtures/prometheus.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { startServerProcess } from "../server.ts";
import {
  type Dashboard,
  prometheusConfig,
  readDashboards,
  readRules,
  valuesOf,
} from "./dashboards.ts";
import { type MonitoringReport, type Query, type Span, judgeQueries } from "./judge.ts";
import { mixedLoad, startFaultyEngine } from "./mixed-load.ts";
import { startVllmExporter } from "./vllm-exporter.ts";

/** What Grafana makes of it for a short time and a scrape interval of 5 s. */
const RATE_INTERVAL = "20s";

/** @param seconds of load; what is around it takes some ten more. */
export async function checkMonitoring(
  { server: program }: Prometheus,
  seconds: number,
): Promise<MonitoringReport> {
  await using started = new AsyncDisposableStack();
  const { path: folder } = started.use(temporaryFolder());
  const { path: backups } = started.use(temporaryFolder());
  const vllm = started.use(startVllmExporter());
  const engine = started.use(await startFaultyEngine(vllm));
  const server = started.use(
    await startServerProcess(folder, {
      AUTH_ENABLED: "true",
      LLM_BASE_URL: engine.url,
      LLM_MAX_RETRIES: "0",
      OCR_PAGE_CONCURRENCY: "2",
      BACKUP_DIR: backups,
    }),
  );
  const targets = { "my-ocr": new URL(server.url).host, vllm: vllm.host };
  const prometheus = started.use(
    await startPrometheus(program, folder, await prometheusConfig(targets)),
  );
  await untilQuery(prometheus, "count(up == 1)", 2);
  const startedAt = Date.now() / 1000;
  const outageKnown = async (): Promise<void> =>
    await untilQuery(prometheus, 'count(ALERTS{alertname="EngineDown"})', 1);
  await mixedLoad({ server, engine, seconds, outageKnown });
  const endedAt = Date.now() / 1000;
  const span = { start: String(startedAt), end: String(endedAt), seconds: endedAt - startedAt };
  const queries = await ruleQueries();
  for (const [file, dashboard] of await readDashboards()) {
    queries.push(...(await panelQueries(prometheus, file, dashboard, span)));
  }
  return await judgeQueries(prometheus, queries, span);
}

/** What the rules compare: they may be silent, this may not. */
async function ruleQueries(): Promise<Query[]> {
  const rules = await readRules();
  return rules.flatMap((rule) =>
    valuesOf(rule).map((expr) => ({ where: `alert ${rule.alert}`, expr, legend: "" })),
  );
}

async function panelQueries(
  prometheus: PrometheusProcess,
  file: string,
  dashboard: Dashboard,
  span: Span,
): Promise<Query[]> {
  const variables = new Map([
    ["__rate_interval", RATE_INTERVAL],
    ["__range", `${Math.ceil(span.seconds)}s`],
  ]);
  for (const { name, query } of dashboard.templating.list) {
    const values = await labelValues(prometheus, fill(query.query, variables));
    if (values.length === 0) throw new Error(`${file}: the variable ${name} has no value`);
    // As Grafana puts several values into a regular expression.
    variables.set(name, `(${values.map((value) => value.replaceAll(".", "\\\\.")).join("|")})`);
  }
  return dashboard.panels.flatMap((panel) => {
    if (panel.type === "row") return [];
    const { max } = panel.fieldConfig.defaults;
    return panel.targets.map(({ refId, expr, legendFormat }) => ({
      where: `${file}, "${panel.title}" ${refId}`,
      // What stands for nothing would hide that there is nothing.
      expr: fill(expr, variables).replaceAll(" or vector(0)", ""),
      legend: legendFormat,
      max,
    }));
  });
}

/** @throws Error for a variable that the dashboard does not have. */
function fill(expr: string, variables: ReadonlyMap<string, string>): string {
  return expr.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`There is no variable $${name}, in ${expr}`);
    return value;
  });
}

async function labelValues(prometheus: PrometheusProcess, query: string): Promise<string[]> {
  const [, selector = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  const answer = await prometheus.ask(`label/${label}/values`, { "match[]": selector });
  return z.object({ data: z.array(z.string()) }).parse(answer).data;
}
