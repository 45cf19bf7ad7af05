/** The dashboards and alert rules as they are written; `live.test.ts` runs their queries. */
import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { findPrometheus } from "../../scripts/prometheus.ts";
import { run } from "../../scripts/terminal.ts";
import { createMetrics } from "../../src/server/metrics/registry.ts";
import { typesOf } from "../fixtures/scrape.ts";
import {
  type Dashboard,
  type Panel,
  type Rule,
  readDashboards,
  readRules,
  selectorsOf,
  valuesOf,
} from "./dashboards.ts";
import { startVllmExporter } from "./vllm-exporter.ts";

const root = join(import.meta.dir, "../..");
const COLUMNS = 24;
/** Of Prometheus itself, and one that is only there while backups are on. */
const OTHER_METRICS = ["up", "my_ocr_backup_last_success_timestamp_seconds"];

let dashboards: Map<string, Dashboard>;
let rules: Rule[];
let metrics: Set<string>;

beforeAll(async () => {
  dashboards = await readDashboards();
  rules = await readRules();
  metrics = new Set([...(await namesOfServer()), ...(await namesOfVllm()), ...OTHER_METRICS]);
});

async function namesOfServer(): Promise<string[]> {
  using registry = createMetrics();
  registry.watchUsers(() => 0);
  registry.watchStorage({ directory: ".", database: ":memory:" });
  return seriesNames((await registry.render()).text);
}

async function namesOfVllm(): Promise<string[]> {
  await using vllm = startVllmExporter();
  return seriesNames(await vllm.registry.metrics());
}

/** A histogram has three. */
function seriesNames(text: string): string[] {
  return [...typesOf(text)].flatMap(([name, type]) =>
    type === "histogram" ? ["bucket", "sum", "count"].map((part) => `${name}_${part}`) : [name],
  );
}

function problemsOf(find: (dashboard: Dashboard, panel: Panel) => string | undefined): string[] {
  return [...dashboards].flatMap(([file, dashboard]) =>
    dashboard.panels.flatMap((panel) => {
      const problem = find(dashboard, panel);
      return problem === undefined ? [] : [`${file}, "${panel.title}": ${problem}`];
    }),
  );
}

function expressions(): string[] {
  const panels = [...dashboards.values()].flatMap((dashboard) => dashboard.panels);
  const targets = panels.flatMap((panel) => (panel.type === "row" ? [] : panel.targets));
  return [...targets.map(({ expr }) => expr), ...rules.map(({ expr }) => expr)];
}

describe("the dashboards", () => {
  test("are four, each with an address of its own and a choice of the instance", () => {
    expect([...dashboards.keys()]).toEqual(["http.json", "ocr.json", "process.json", "vllm.json"]);
    const all = [...dashboards.values()];
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(4);
    for (const { templating } of all) {
      expect(templating.list.map(({ name }) => name)).toContain("instance");
    }
  });

  test("number their panels and queries once each", () => {
    for (const { panels } of dashboards.values()) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
      for (const panel of panels) {
        if (panel.type === "row") continue;
        const letters = panel.targets.map(({ refId }) => refId);
        expect(new Set(letters).size).toBe(letters.length);
      }
    }
  });

  test("have no panel over another or beside the page", () => {
    const overlaps = problemsOf(({ panels }, { id, gridPos: { x, y, w, h } }) => {
      if (x < 0 || x + w > COLUMNS) return "is beside the page";
      const other = panels.find(
        ({ id: otherId, gridPos: o }) =>
          otherId !== id && x < o.x + o.w && o.x < x + w && y < o.y + o.h && o.y < y + h,
      );
      return other && `lies over "${other.title}"`;
    });
    expect(overlaps).toEqual([]);
  });

  test("begin with figures of now, then rates, then causes", () => {
    for (const { panels } of dashboards.values()) {
      const rows = panels.filter(({ type }) => type === "row").map(({ title }) => title);
      expect(rows).toEqual(["Now", "Rates", "Causes"]);
      expect(panels[0]?.title).toBe("Now");
      const rates = panels.findIndex(({ title }) => title === "Rates");
      expect(new Set(panels.slice(1, rates).map(({ type }) => type))).toEqual(new Set(["stat"]));
    }
  });

  test("ask the data source that is provisioned", async () => {
    const path = "docker/grafana/provisioning/datasources/prometheus.yml";
    const { datasources } = z
      .object({ datasources: z.tuple([z.object({ uid: z.string(), url: z.string() })]) })
      .parse(Bun.YAML.parse(await Bun.file(join(root, path)).text()));
    expect(datasources[0].url).toBe("http://prometheus:9090");
    const { uid } = datasources[0];
    const others = problemsOf((_, panel) => {
      if (panel.type === "row") return undefined;
      const asked = [panel.datasource, ...panel.targets.map(({ datasource }) => datasource)];
      return asked.find((one) => one.uid !== uid)?.uid;
    });
    expect(others).toEqual([]);
    const variables = [...dashboards.values()].flatMap(({ templating }) => templating.list);
    expect(new Set(variables.map(({ datasource }) => datasource.uid))).toEqual(new Set([uid]));
  });

  test("tell lines of one panel apart", () => {
    const same = problemsOf((_, panel) => {
      if (panel.type === "row") return undefined;
      const legends = panel.targets.map(({ legendFormat }) => legendFormat);
      return new Set(legends).size < legends.length ? `has "${legends[0]}" twice` : undefined;
    });
    expect(same).toEqual([]);
  });

  test("ask for one server alone where one is chosen", () => {
    const all = problemsOf((_, panel) => {
      if (panel.type === "row") return undefined;
      const labels = panel.targets.flatMap(({ expr }) => selectorsOf(expr));
      return labels.find((one) => !one.labels.includes('instance=~"$instance"'))?.metric;
    });
    expect(all).toEqual([]);
  });
});

describe("queries of dashboards and alerts", () => {
  test("ask for metrics that there are, of one job", () => {
    const selectors = expressions().flatMap(selectorsOf);
    const unknown = selectors.filter(({ metric }) => !metrics.has(metric));
    expect(unknown).toEqual([]);
    const anyJob = selectors.filter(({ labels }) => !/^job="(?:my-ocr|vllm)"/.test(labels));
    expect(anyJob).toEqual([]);
    const strangers = selectors.filter(
      ({ metric, labels }) => metric.startsWith("vllm:") !== labels.startsWith('job="vllm"'),
    );
    expect(new Set(strangers.map(({ metric }) => metric))).toEqual(new Set(["up"]));
  });

  test("are understood whole: each has a selector", () => {
    expect(expressions().filter((expr) => selectorsOf(expr).length === 0)).toEqual([]);
  });
});

describe("the alerts", () => {
  const kebab = (name: string): string =>
    name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();

  test("lead to a chapter of their own name", async () => {
    const path = "docs/troubleshooting.md";
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook_url).toBe(`${path}#${kebab(alert)}`);
    }
    if (!existsSync(join(root, path))) return;
    const headings = (await Bun.file(join(root, path)).text()).matchAll(/^#+ +(.+)$/gm);
    const anchors = new Set(
      [...headings].map(([, heading = ""]) => heading.trim().toLowerCase().replaceAll(/\s/g, "-")),
    );
    expect(rules.map(({ alert }) => kebab(alert)).filter((one) => !anchors.has(one))).toEqual([]);
  });

  test("name panels that there are", () => {
    const titles = new Set(
      [...dashboards.values()].flatMap(({ panels }) => panels.map((p) => p.title)),
    );
    const named = rules.flatMap(({ annotations }) =>
      [...annotations.description.matchAll(/panel "([^"]+)"/g)].map(([, title = ""]) => title),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((title) => !titles.has(title))).toEqual([]);
  });

  test("compare something in each condition", () => {
    for (const rule of rules) expect(valuesOf(rule).length).toBeGreaterThan(0);
  });
});

// In CI it has to be there.
describe.skipIf(!findPrometheus() && !process.env["CI"])("promtool", () => {
  async function promtool(...args: string[]): Promise<string> {
    const program = findPrometheus()?.promtool ?? "promtool";
    const { ok, output } = await run([program, ...args], { timeoutMs: 30_000 });
    return ok ? "" : output;
  }

  test("accepts the configuration with its rules", async () => {
    expect(await promtool("check", "config", "docker/prometheus/prometheus.yml")).toBe("");
    expect(await promtool("check", "rules", "docker/prometheus/rules/my-ocr.yml")).toBe("");
  });

  test("sees every alert fire when it should, and not when it should not", async () => {
    const path = "docker/prometheus/rules/my-ocr.test.yml";
    expect(await promtool("test", "rules", path)).toBe("");
    const text = await Bun.file(join(root, path)).text();
    const untested = rules.filter(
      ({ alert }) =>
        !new RegExp(`alertname: ${alert}\\s+exp_alerts:\\s+- `).test(text) ||
        !text.includes(`alertname: ${alert}, exp_alerts: []`),
    );
    expect(untested).toEqual([]);
  });
});
