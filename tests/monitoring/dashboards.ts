/** What Grafana is given, read as data: the dashboards of `docker/grafana` and their queries. */
import { join } from "node:path";
import { z } from "zod";

const root = join(import.meta.dir, "../..");

const datasourceSchema = z.object({ type: z.literal("prometheus"), uid: z.string() });
const gridSchema = z.object({ x: z.int(), y: z.int(), w: z.int().min(1), h: z.int().min(1) });

const targetSchema = z.object({
  refId: z.string(),
  datasource: datasourceSchema,
  expr: z.string().min(1),
  legendFormat: z.string(),
});

const panelSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("row"),
    id: z.int(),
    title: z.string().min(1),
    gridPos: gridSchema,
    panels: z.tuple([]),
  }),
  z.object({
    type: z.enum(["timeseries", "stat", "table", "bargauge", "heatmap"]),
    id: z.int(),
    title: z.string().min(1),
    description: z.string().min(1),
    datasource: datasourceSchema,
    gridPos: gridSchema,
    fieldConfig: z.object({
      defaults: z.looseObject({ unit: z.string().min(1), max: z.number().optional() }),
    }),
    targets: z.array(targetSchema).min(1),
  }),
]);
export type Panel = z.infer<typeof panelSchema>;

const variableSchema = z.object({
  name: z.string(),
  type: z.literal("query"),
  datasource: datasourceSchema,
  /** `label_values(<selector>, <label>)`. */
  query: z.object({ query: z.string().regex(/^label_values\(.+, \w+\)$/) }),
});

const dashboardSchema = z.object({
  uid: z.string().min(1),
  title: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()),
  templating: z.object({ list: z.array(variableSchema) }),
  panels: z.array(panelSchema).min(1),
});
export type Dashboard = z.infer<typeof dashboardSchema>;

/** By the name of their file. */
export async function readDashboards(): Promise<Map<string, Dashboard>> {
  const folder = join(root, "docker/grafana/dashboards");
  const files = [...new Bun.Glob("*.json").scanSync({ cwd: folder })].toSorted();
  const read = async (file: string): Promise<[string, Dashboard]> => [
    file,
    dashboardSchema.parse(await Bun.file(join(folder, file)).json()),
  ];
  return new Map(await Promise.all(files.map(read)));
}

const ruleFileSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(["warning", "critical"]) }),
          annotations: z.object({
            summary: z.string().min(1),
            description: z.string().min(1),
            runbook_url: z.string(),
          }),
        }),
      ),
    }),
  ),
});
export type Rule = z.infer<typeof ruleFileSchema>["groups"][number]["rules"][number];

export async function readRules(): Promise<Rule[]> {
  const text = await Bun.file(join(root, "docker/prometheus/rules/my-ocr.yml")).text();
  return ruleFileSchema.parse(Bun.YAML.parse(text)).groups.flatMap(({ rules }) => rules);
}

/** What the conditions of a rule compare: the expressions without their thresholds. */
export function valuesOf(rule: Rule): string[] {
  return rule.expr.split(/\n\s*and\s*\n/).map((condition) => {
    const value = condition.replace(/\s(?:==|[<>])\s*[\d.]+\s*$/, "");
    if (value === condition) throw new Error(`${rule.alert} compares nothing: ${condition}`);
    return value;
  });
}

const prometheusSchema = z.looseObject({
  scrape_configs: z.array(
    z.looseObject({
      job_name: z.string(),
      static_configs: z.array(z.object({ targets: z.array(z.string()) })),
    }),
  ),
});

/**
 * `docker/prometheus/prometheus.yml` with other targets, and a scrape each second.
 *
 * @param targets host and port by the name of the job; there has to be one for each.
 */
export async function prometheusConfig(targets: Readonly<Record<string, string>>) {
  const text = await Bun.file(join(root, "docker/prometheus/prometheus.yml")).text();
  const config = prometheusSchema.parse(Bun.YAML.parse(text));
  const scrapes = config.scrape_configs.map((scrape) => {
    const target = targets[scrape.job_name];
    if (target === undefined) throw new Error(`The job ${scrape.job_name} has no target.`);
    return { ...scrape, static_configs: [{ targets: [target] }] };
  });
  return {
    ...config,
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: [join(root, "docker/prometheus/rules/my-ocr.yml")],
    scrape_configs: scrapes,
  };
}

/** Every selector has labels, so that names are told by the brace that follows. */
export function selectorsOf(expr: string): { metric: string; labels: string }[] {
  const found = expr.matchAll(/([a-zA-Z_:][\w:]*)\s*\{((?:[^{}"]|"[^"]*")*)\}/g);
  return [...found].map(([, metric = "", labels = ""]) => ({ metric, labels }));
}
