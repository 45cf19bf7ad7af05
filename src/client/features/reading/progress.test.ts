import { expect, test } from "bun:test";
import type { PageView } from "../../../shared/job-view.ts";
import { followedPage, lookOf, secondsPerPage } from "./progress.ts";

const view = (page: number, change: Partial<PageView> = {}): PageView => ({
  page,
  state: "done",
  attempt: 1,
  version: 1,
  text: "text",
  ...change,
});

test("of the pages that are being read the first is followed", () => {
  const running = { state: "running" } as const;
  expect(followedPage([view(1), view(4, running), view(2, running)])).toBe(2);
  expect(followedPage([view(1)])).toBeUndefined();
});

test("a page shows what its reader has to look at first", () => {
  expect(lookOf(undefined)).toBe("waiting");
  expect(lookOf(view(1, { confidence: 0.99 }))).toBe("done");
  expect(lookOf(view(1, { confidence: 0.5 }))).toBe("unsure");
  expect(lookOf(view(1, { confidence: 0.5, origin: "edit" }))).toBe("edited");
  expect(lookOf(view(1, { error: { code: "engine_failed", detail: "" } }))).toBe("failed");
  expect(lookOf(view(1, { state: "running" }))).toBe("reading");
});

test("the pace of a job is known when it has ended and read something", () => {
  const createdAt = "2026-01-01T00:00:00.000Z";
  const endedAt = "2026-01-01T00:00:10.000Z";
  expect(secondsPerPage({ createdAt, endedAt, donePages: 5 })).toBe(2);
  expect(secondsPerPage({ createdAt, donePages: 5 })).toBeUndefined();
  expect(secondsPerPage({ createdAt, endedAt, donePages: 0 })).toBeUndefined();
});
