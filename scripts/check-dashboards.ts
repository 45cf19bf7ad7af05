/**
 * `bun run check:dashboards [--minutes 5]`: loads a real server, has a real Prometheus scrape it, and
 * evaluates every query of the dashboards and alert rules. Ends with 1 where one fails or is empty.
 */
import { parseArgs } from "node:util";
import { checkMonitoring } from "../tests/monitoring/check.ts";
import { findPrometheus } from "./prometheus.ts";
import { fail, say, withProgress } from "./terminal.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "5" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 60)) fail("--minutes has to be a number from above 0 to 60.");
const prometheus = findPrometheus();
if (!prometheus) fail("There is no Prometheus. Run `bun scripts/prometheus.ts`.");

const report = await withProgress(
  `Load of ${minutes} min`,
  async () => await checkMonitoring(prometheus, minutes * 60),
);
say(`${report.queries} queries gave ${report.samples} values in ${report.series} series.`);
say(`Alerts that were pending or fired: ${report.alerts.join(", ")}`);
for (const problem of report.problems) say(`WRONG ${problem}`);
say(`${report.problems.length} wrong`);
process.exitCode = report.problems.length > 0 ? 1 : 0;
