import { describe, expect, test } from "bun:test";
import type { JobEvent } from "./job-events.ts";
import { JobView } from "./job-view.ts";

const running = (attempt: number): JobEvent => ({
  type: "page",
  page: 1,
  state: "running",
  attempt,
  version: 0,
});
const delta = (attempt: number, offset: number, text: string): JobEvent => ({
  type: "delta",
  page: 1,
  attempt,
  offset,
  delta: text,
});

function textAfter(...events: JobEvent[]): string | undefined {
  const view = new JobView();
  for (const event of events) view.apply(event);
  return view.pages.get(1)?.text;
}

describe("following a job", () => {
  test("deltas make the text", () => {
    expect(textAfter(running(1), delta(1, 0, "Hello "), delta(1, 6, "world"))).toBe("Hello world");
  });

  test("what comes twice, or twice in part, counts once", () => {
    const events = [running(1), delta(1, 0, "abc"), delta(1, 3, "def")];
    expect(textAfter(...events, delta(1, 0, "abc"), delta(1, 3, "def"))).toBe("abcdef");
    expect(textAfter(...events, delta(1, 2, "cdefgh"))).toBe("abcdefgh");
  });

  test("the same beginning told again keeps the text; another attempt begins anew", () => {
    expect(textAfter(running(1), delta(1, 0, "abc"), running(1))).toBe("abc");
    expect(textAfter(running(1), delta(1, 0, "abc"), running(2), delta(2, 0, "x"))).toBe("x");
  });

  test("a late delta of an earlier attempt is left out", () => {
    expect(textAfter(running(2), delta(1, 0, "old"), delta(2, 0, "new"))).toBe("new");
  });

  test("a whole text replaces what was there, and goes on from its end", () => {
    expect(
      textAfter(
        running(1),
        delta(1, 0, "ab"),
        { type: "text", page: 1, attempt: 1, text: "abcd" },
        delta(1, 2, "cd"),
        delta(1, 4, "e"),
      ),
    ).toBe("abcde");
  });
});
