import { expect, test } from "bun:test";
import { countTests } from "./test-report.ts";

test("tests are counted by what became of each, not by the report's totals", () => {
  const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="9" failures="0">
  <testsuite name="a.test.ts" tests="4">
    <testcase name="reads a &lt;page&gt;" classname="a" time="0.1" />
    <testcase name="a > b" classname="a" time="0.1">
    </testcase>
    <testcase name="fails" time="0.1">
      <failure type="AssertionError" message="expected" />
    </testcase>
    <testsuite name="inner">
      <testcase name="later"><skipped /></testcase>
    </testsuite>
  </testsuite>
</testsuites>`;
  expect(countTests(report)).toEqual({ passed: 2, failed: 1, skipped: 1 });
});

test("a report without tests counts none", () => {
  expect(countTests("<testsuites></testsuites>")).toEqual({ passed: 0, failed: 0, skipped: 0 });
});
