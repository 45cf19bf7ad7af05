/** Counts the tests that really ran, from Bun's JUnit report. */

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Each `<testcase>` is a test; what it holds says how it went. */
export function countTests(junit: string): TestCounts {
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, isEmpty, body = ""] of junit.matchAll(
    /<testcase\b(?:[^>"]|"[^"]*")*?(?:(\/)>|>(.*?)<\/testcase>)/gs,
  )) {
    if (isEmpty === undefined && /<(?:failure|error)\b/.test(body)) counts.failed++;
    else if (isEmpty === undefined && /<skipped\b/.test(body)) counts.skipped++;
    else counts.passed++;
  }
  return counts;
}
