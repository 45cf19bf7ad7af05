import { describe, expect, test } from "bun:test";
import type { OcrEvent } from "../src/shared/ocr-events.ts";
import { checkStream } from "./server.ts";

describe("the check of every stream", () => {
  const usage = { prompt_tokens: 0, completion_tokens: 0, completion_chars: 0 };
  const start: OcrEvent = { type: "start", kind: "pdf", pages: 1 };
  const pageStart: OcrEvent = { type: "page_start", page: 1 };
  const pageEnd: OcrEvent = { type: "page_end", page: 1, usage };
  const error: OcrEvent = { type: "error", code: "shutting_down", detail: "." };

  test.each<[string, OcrEvent[], string]>([
    ["a page left open", [start, pageStart, error], "left open: 1"],
    ["a page closed twice", [start, pageStart, pageEnd, pageEnd, error], "closed while not open"],
    ["no last event", [start, pageStart, pageEnd], "event 2 of 3"],
    ["two last events", [start, error, error], "event 1 of 3"],
  ])("finds %s", (_name, events, message) => {
    expect(() => checkStream(events)).toThrow(message);
  });
});
