/**
 * Installs and runs every check and test: `npx -y bun@1.4.5 run verify`. Goes on after a failure,
 * prints what failed, and ends with a line `N passed, N failed`: each check counts one, and each
 * test that ran.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { install } from "./install.ts";
import { duration, root, run, say } from "./terminal.ts";
import { type TestCounts, countTests } from "./test-report.ts";

const bun = process.execPath;
const MINUTE = 60_000;
/** Below the 20 minutes that a CI run may take, with time left for the summary. */
const WHOLE_RUN_MS = 18.5 * MINUTE;
/** For a slow machine with its hands full. */
const TEST_TIMEOUT_MS = 60_000;
/** Test files at once: most of them wait most of the time, and where they do not, cores are shared. */
const WORKERS = Math.min(4, availableParallelism() + 1);
const MAX_OUTPUT_LINES = 300;
const startedAt = performance.now();

interface Step {
  name: string;
  timeoutMs: number;
  command: string[];
  env?: Record<string, string>;
  /** Set where the command is `bun test`: its tests are counted instead of the step. */
  tests?: { mayBeSkipped: boolean };
}

interface Outcome extends TestCounts {
  name: string;
}

const scratch = mkdtempSync(join(tmpdir(), "my-ocr-verify-"));

/** @returns the exit code. Throws nothing: whoever reads the last line must always find it. */
async function verify(): Promise<number> {
  const outcomes: Outcome[] = [];
  try {
    await install();
    for (const step of steps()) outcomes.push(await execute(step).catch(brokenStep(step.name)));
  } catch (error) {
    outcomes.push(brokenStep("verify")(error));
  }
  return summarize(outcomes);
}

function summarize(outcomes: Outcome[]): number {
  const sum = (key: keyof TestCounts): number =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const failed = outcomes.filter((outcome) => outcome.failed > 0).map(({ name }) => name);
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  say(`\nDone in ${duration(performance.now() - startedAt)}.`);
  if (failed.length > 0) say(`Failed: ${failed.join(", ")}.`);
  say(`${sum("passed")} passed, ${sum("failed")} failed${skipped}`);
  return failed.length > 0 ? 1 : 0;
}

/** What counts where a step could not even be run. */
function brokenStep(name: string): (error: unknown) => Outcome {
  return (error) => {
    say(`FAILED ${name}\n${indent(error instanceof Error ? error.message : String(error))}\n`);
    return { name, passed: 0, failed: 1, skipped: 0 };
  };
}

function steps(): Step[] {
  const script = (name: string, ...args: string[]): string[] => [
    bun,
    `scripts/${name}.ts`,
    ...args,
  ];
  const tool = (path: string, ...args: string[]): string[] => [
    bun,
    `node_modules/${path}`,
    ...args,
  ];
  return [
    check("format", tool("oxfmt/bin/oxfmt", "--check", ".")),
    check("lint", tool("oxlint/bin/oxlint", "--type-aware", "--deny-warnings")),
    check("types", tool("typescript/bin/tsc", "--noEmit")),
    check("dead code", tool("knip/bin/knip.js")),
    check("config docs", script("config-docs", "--check")),
    check("migrations", script("check-migrations")),
    testStep("import table", 2 * MINUTE, ["tests/import-table.test.ts"]),
    check("prometheus", script("prometheus"), 4 * MINUTE),
    check("proxies", script("proxies"), 4 * MINUTE),
    testStep("unit and integration tests", 13 * MINUTE, unitTests(), WORKERS),
    testStep("timing tests", 3 * MINUTE, testFiles("tests/**/*.timing.test.ts")),
    ...dataTests(),
    check("build", script("build-client", "--force"), 5 * MINUTE),
    check("chromium", script("chromium"), 6 * MINUTE),
    testStep("end-to-end tests", 6 * MINUTE, testFiles("e2e/**/*.test.ts"), 2),
  ];
}

function check(name: string, command: string[], timeoutMs = 3 * MINUTE): Step {
  return { name, command, timeoutMs };
}

/** @param workers files that run at once; one after the other where somebody measures time. */
function testStep(name: string, timeoutMs: number, files: string[], workers = 1): Step {
  const command = [
    bun,
    "test",
    "--timeout",
    String(TEST_TIMEOUT_MS),
    ...(workers > 1 ? [`--parallel=${workers}`, "--no-isolate"] : []),
    ...files.map((file) => `./${file}`),
  ];
  // Without the data, a data test that is skipped is no news; elsewhere it is counted and shown.
  return { name, command, timeoutMs, tests: { mayBeSkipped: true } };
}

function testFiles(pattern: string): string[] {
  return [...new Bun.Glob(pattern).scanSync({ cwd: root })].sort();
}

function unitTests(): string[] {
  return testFiles("{src,scripts,tests,bench}/**/*.test.{ts,tsx}").filter(
    (file) => !/\.(?:data|timing)\.test\.ts$/.test(file) && file !== "tests/import-table.test.ts",
  );
}

/** The tests on real documents: only where those are, and then none may be skipped. */
function dataTests(): Step[] {
  const given = process.env["OCR_DATA"];
  if (!given) {
    say("Data tests left out: OCR_DATA names no folder of documents.");
    return [];
  }
  const folder = resolve(given);
  const step = testStep("data tests", 8 * MINUTE, testFiles("{src,tests}/**/*.data.test.ts"), 2);
  return [{ ...step, env: { OCR_DATA: folder }, tests: { mayBeSkipped: false } }];
}

async function execute(step: Step): Promise<Outcome> {
  const left = WHOLE_RUN_MS - (performance.now() - startedAt);
  const report = join(scratch, `${step.name.replaceAll(" ", "-")}.xml`);
  const command = step.tests
    ? [...step.command, "--reporter=junit", `--reporter-outfile=${report}`]
    : step.command;
  const timeoutMs = Math.max(1000, Math.min(step.timeoutMs, left));
  const result = await run(command, { timeoutMs, env: { NO_COLOR: "1", ...step.env } });
  const counts = step.tests
    ? await testCounts(report, result.ok, step.tests.mayBeSkipped)
    : { passed: Number(result.ok), failed: Number(!result.ok), skipped: 0 };
  const isOk = counts.failed === 0;
  const detail = step.tests ? describe(counts) : "";
  say(`${isOk ? "ok    " : "FAILED"} ${step.name}, ${duration(result.ms)}${detail}`);
  if (!isOk) say(`${indent(failureOutput(result.output, step))}\n`);
  return { name: step.name, ...counts };
}

/** A run that dies, runs nothing or skips what must run is a failure of its own. */
async function testCounts(report: string, ok: boolean, mayBeSkipped: boolean): Promise<TestCounts> {
  const counts = existsSync(report)
    ? countTests(await Bun.file(report).text())
    : { passed: 0, failed: 0, skipped: 0 };
  const isUnseen = counts.failed === 0 && (!ok || counts.passed === 0);
  const isSkipped = !mayBeSkipped && counts.skipped > 0;
  return { ...counts, failed: counts.failed + Number(isUnseen || isSkipped) };
}

function describe({ passed, failed, skipped }: TestCounts): string {
  return `: ${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Of a test run the passing tests' lines are left out; of anything long the end is shown. */
function failureOutput(output: string, step: Step): string {
  const lines = output
    .trimEnd()
    .split("\n")
    .filter((line) => !step.tests || !/^\s*(?:\(pass\)|✓)/.test(line));
  const cut = lines.length - MAX_OUTPUT_LINES;
  return (cut > 0 ? [`… ${cut} lines left out …`, ...lines.slice(cut)] : lines).join("\n");
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}

// Last: what runs here needs everything above to be there.
try {
  process.exitCode = await verify();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
