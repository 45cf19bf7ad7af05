/** Every query of the dashboards and alerts, against a real Prometheus and a real server. */
import { describe, expect, test } from "bun:test";
import { findPrometheus } from "../../scripts/prometheus.ts";
import { checkMonitoring } from "./check.ts";

const prometheus = findPrometheus();
/** `bun run check:dashboards --minutes 5` runs for longer. */
const SECONDS = 20;

// In CI it has to be there.
describe.skipIf(!prometheus && !process.env["CI"])("dashboards and alerts", () => {
  test("have values in every query, after all that can happen to a server", async () => {
    if (!prometheus) throw new Error("There is no Prometheus. Run `bun scripts/prometheus.ts`.");
    const report = await checkMonitoring(prometheus, SECONDS);
    expect(report.problems).toEqual([]);
    expect(report.queries).toBeGreaterThan(100);
    // The engine was gone for a while.
    expect(report.alerts).toContain("EngineDown");
  }, 120_000);
});
