/** What Prometheus answers to a query, and what is wrong with it. */
import { z } from "zod";
import type { PrometheusProcess } from "../fixtures/prometheus.ts";

const STEP_S = "1";

export interface MonitoringReport {
  /** How many expressions were evaluated, and how many values they gave. */
  queries: number;
  series: number;
  samples: number;
  /** A sentence for each query that fails, is empty or is wrong. */
  problems: string[];
  /** Alerts that were pending or fired at any time. */
  alerts: string[];
}

export interface Query {
  where: string;
  expr: string;
  legend: string;
  /** The panel says that no value is above it. */
  max?: number | undefined;
}

export interface Span {
  start: string;
  end: string;
  seconds: number;
}

/**
 * Evaluates queries over the time of a run.
 *
 * @returns what came of all of them, and of the rules as Prometheus itself evaluated them.
 */
export async function judgeQueries(
  prometheus: PrometheusProcess,
  queries: readonly Query[],
  span: Span,
): Promise<MonitoringReport> {
  const report: MonitoringReport = {
    queries: 0,
    series: 0,
    samples: 0,
    problems: [],
    alerts: [],
  };
  for (const query of queries) await judgeQuery(prometheus, query, span, report);
  report.problems.push(...(await ruleProblems(prometheus)));
  const alerts = await evaluate(prometheus, "count by (alertname) (ALERTS)", span);
  if (alerts.status === "success") {
    report.alerts = alerts.data.result.map(({ metric }) => metric["alertname"] ?? "").toSorted();
  }
  return report;
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
  if (drawn.length === 0) report.problems.push(`${where} is empty: ${expr}`);
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
