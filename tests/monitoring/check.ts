/**
 * Runs every query of every panel and rule against a real Prometheus that has scraped a real server
 * under a mixed load, as Grafana would.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Prometheus } from "../../scripts/prometheus.ts";
import { type PrometheusProcess, startPrometheus, untilQuery } from "../fixtures/prometheus.ts";
import { startServerProcess } from "../server.ts";
import {
  type Dashboard,
  prometheusConfig,
  readDashboards,
  readRules,
  selectorsOf,
  valuesOf,
} from "./dashboards.ts";
import { mixedLoad, startFaultyEngine } from "./mixed-load.ts";
import { startVllmExporter } from "./vllm-exporter.ts";

/** Metrics that need not be there, and why: a query of them may be empty. */
const OPTIONAL = new Map([
  ["my_ocr_backup_last_success_timestamp_seconds", "backups are off in this run"],
]);
/** What Grafana makes of it for a short time and a scrape interval of 5 s. */
const RATE_INTERVAL = "20s";
const STEP_S = "1";

export interface MonitoringReport {
  /** How many expressions were evaluated, and how many values they gave. */
  queries: number;
  series: number;
  samples: number;
  /** A sentence for each query that fails, is empty or is wrong. */
  problems: string[];
  /** Queries that may be empty and are, with the reason. */
  empty: string[];
  /** Alerts that were pending or fired at any time. */
  alerts: string[];
}

interface Query {
  where: string;
  expr: string;
  legend: string;
  /** The panel says that no value is above it. */
  max?: number | undefined;
}

interface Span {
  start: string;
  end: string;
  seconds: number;
}

/** @param seconds of load; what is around it takes some ten more. */
export async function checkMonitoring(
  { server: program }: Prometheus,
  seconds: number,
): Promise<MonitoringReport> {
  await using started = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "my-ocr-monitoring-"));
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  const vllm = started.use(startVllmExporter());
  const engine = started.use(await startFaultyEngine(vllm));
  const server = started.use(
    await startServerProcess(folder, {
      AUTH_ENABLED: "true",
      LLM_BASE_URL: engine.url,
      LLM_MAX_RETRIES: "0",
      OCR_PAGE_CONCURRENCY: "2",
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
  return await judge(prometheus, span);
}

async function judge(prometheus: PrometheusProcess, span: Span): Promise<MonitoringReport> {
  const report: MonitoringReport = {
    queries: 0,
    series: 0,
    samples: 0,
    problems: [],
    empty: [],
    alerts: [],
  };
  const queries = await ruleQueries();
  for (const [file, dashboard] of await readDashboards()) {
    queries.push(...(await panelQueries(prometheus, file, dashboard, span)));
  }
  for (const query of queries) await judgeQuery(prometheus, query, span, report);
  report.problems.push(...(await ruleProblems(prometheus)));
  const alerts = await evaluate(prometheus, "count by (alertname) (ALERTS)", span);
  if (alerts.status === "success") {
    report.alerts = alerts.data.result.map(({ metric }) => metric["alertname"] ?? "").toSorted();
  }
  return report;
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

const matrixSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("error"), error: z.string() }),
  z.object({
    status: z.literal("success"),
    data: z.object({
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          values: z.array(z.tuple([z.number(), z.string().transform(Number)])),
        }),
      ),
    }),
  }),
]);

async function evaluate(prometheus: PrometheusProcess, query: string, { start, end }: Span) {
  const parameters = { query, start, end, step: STEP_S };
  return matrixSchema.parse(await prometheus.ask("query_range", parameters));
}

async function judgeQuery(
  prometheus: PrometheusProcess,
  query: Query,
  span: Span,
  report: MonitoringReport,
): Promise<void> {
  const { where, expr, legend, max = Number.POSITIVE_INFINITY } = query;
  report.queries++;
  const answer = await evaluate(prometheus, expr, span);
  if (answer.status === "error") {
    report.problems.push(`${where}: ${answer.error}: ${expr}`);
    return;
  }
  const { result } = answer.data;
  // Quantiles and shares of nothing are NaN, which Grafana does not draw.
  const values = result.flatMap((series) => series.values.map(([, value]) => value));
  const drawn = values.filter((value) => !Number.isNaN(value));
  report.series += result.length;
  report.samples += drawn.length;
  if (drawn.length === 0) {
    const reason = selectorsOf(expr).flatMap(({ metric }) => OPTIONAL.get(metric) ?? [])[0];
    if (reason === undefined) report.problems.push(`${where} is empty: ${expr}`);
    else report.empty.push(`${where}: ${reason}`);
  }
  const wrong = drawn.find((value) => value < 0 || value > max || !Number.isFinite(value));
  // The slope of a queue may be anything.
  if (wrong !== undefined && !expr.startsWith("deriv(")) {
    report.problems.push(`${where} is ${wrong}: ${expr}`);
  }
  const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
  const missing = named.find((label) => result.some(({ metric }) => !(label in metric)));
  if (missing !== undefined)
    report.problems.push(`${where} has no label ${missing} for its legend`);
}

const rulesSchema = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() }),
        ),
      }),
    ),
  }),
});

/** Of the rules as Prometheus itself has evaluated them. */
async function ruleProblems(prometheus: PrometheusProcess): Promise<string[]> {
  const { data } = rulesSchema.parse(await prometheus.ask("rules"));
  const rules = data.groups.flatMap((group) => group.rules);
  if (rules.length === 0) return ["Prometheus has no rules"];
  return rules
    .filter(({ health }) => health !== "ok")
    .map(({ name, health, lastError }) => `alert ${name} is ${health}: ${lastError ?? ""}`);
}
