/** The suite that every engine passes: what `Engine` promises, checked from outside. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { AppError } from "../errors.ts";
import type { PageImage } from "../page-image.ts";
import type { Engine, EngineEnd, EngineEvent } from "./engine.ts";

export interface ConformanceSubject extends AsyncDisposable {
  engine: Engine;
  /** Draws a page with these lines in the engine's own profile. */
  draw: (lines: string[]) => Promise<PageImage>;
}

const PAGE_TIMEOUT_MS = 30_000;
const LINES = ["The quick brown fox", "jumps over the lazy dog", "and reads the morning paper"];
const OTHER_LINES = ["Seven silent sailors", "counted copper coins", "beneath the harbour light"];
const unaborted = new AbortController().signal;

export function describeEngine(name: string, setup: () => Promise<ConformanceSubject>): void {
  describe(`${name} as an engine`, () => {
    let subject: ConformanceSubject;
    let page: PageImage;
    let otherPage: PageImage;
    beforeAll(async () => {
      subject = await setup();
      page = await subject.draw(LINES);
      otherPage = await subject.draw(OTHER_LINES);
    }, PAGE_TIMEOUT_MS);
    afterAll(async () => await subject[Symbol.asyncDispose]());

    const read = (image: PageImage, signal = unaborted): AsyncGenerator<EngineEvent> =>
      subject.engine.stream(image, { prompt: "Read." }, signal);
    const readAll = async (image: PageImage): Promise<EngineEvent[]> =>
      await Array.fromAsync(read(image));

    test(
      "reads a page: deltas that are never empty, then one end",
      async () => {
        const events = await readAll(page);
        expectWords(events, LINES);
        const [end, ...deltas] = events.toReversed();
        expect(deltas.every((event) => event.type === "delta" && event.delta !== "")).toBe(true);
        expect(end?.type).toBe("end");
        if (end?.type === "end") expectEnd(end);
      },
      PAGE_TIMEOUT_MS,
    );

    test(
      "two pages at once do not mix",
      async () => {
        const [first, second] = await Promise.all([readAll(page), readAll(otherPage)]);
        expectWords(first, LINES);
        expectWords(second, OTHER_LINES);
        expect(textOf(first)).not.toContain("sailors");
        expect(textOf(second)).not.toContain("fox");
      },
      PAGE_TIMEOUT_MS,
    );

    test(
      "an abort before the start rejects with the signal's reason",
      async () => {
        const reason = new Error("not wanted");
        expect(read(page, AbortSignal.abort(reason)).next()).rejects.toBe(reason);
      },
      PAGE_TIMEOUT_MS,
    );

    test(
      "an abort in the middle rejects with the signal's reason, soon, and frees the engine",
      async () => {
        const controller = new AbortController();
        const reason = new Error("gone");
        let abortedAt = 0;
        const run = async (): Promise<void> => {
          for await (const event of read(page, controller.signal)) {
            if (event.type === "end") throw new Error("the page was read to its end");
            if (abortedAt > 0) continue;
            abortedAt = performance.now();
            controller.abort(reason);
          }
        };
        expect(await run().catch((error: unknown) => error)).toBe(reason);
        expect(performance.now() - abortedAt).toBeLessThan(1_000);
        expectWords(await readAll(otherPage), OTHER_LINES);
      },
      PAGE_TIMEOUT_MS,
    );

    test(
      "leaving the loop early frees the engine",
      async () => {
        for await (const _event of read(page)) break;
        expectWords(await readAll(otherPage), OTHER_LINES);
      },
      PAGE_TIMEOUT_MS,
    );

    test(
      "bytes that are no picture end in an error or in nothing, and the next page is read",
      async () => {
        const broken = { ...page, bytes: page.bytes.slice(0, 20) };
        const outcome = await readAll(broken).catch((error: unknown) => error);
        if (!Array.isArray(outcome)) expect(outcome).toBeInstanceOf(AppError);
        expectWords(await readAll(page), LINES);
      },
      PAGE_TIMEOUT_MS,
    );

    test("says that it is healthy", async () => {
      expect(await subject.engine.health(AbortSignal.timeout(5_000))).toEqual({ ok: true });
    });

    test("lists its models, its own one first", async () => {
      const models = await subject.engine.models(AbortSignal.timeout(5_000));
      expect(models[0]).toBe(subject.engine.model);
      expect(new Set(models).size).toBe(models.length);
    });

    test("has a name, a model, a profile and room for a page", () => {
      const { name: engineName, model, profile, concurrency } = subject.engine;
      expect([engineName, model].every((text) => text.length > 0)).toBe(true);
      expect(profile.longestSide).toBeGreaterThan(0);
      expect(concurrency).toBeGreaterThan(0);
    });
  });
}

function textOf(events: EngineEvent[]): string {
  return events.map((event) => (event.type === "delta" ? event.delta : "")).join("");
}

function expectWords(events: EngineEvent[], lines: string[]): void {
  const text = textOf(events);
  for (const word of lines.join(" ").split(" ")) expect(text).toContain(word);
}

function expectEnd(end: EngineEnd): void {
  expect(end.finishReason === null || end.finishReason.length > 0).toBe(true);
  if (end.usage) {
    expect(end.usage.promptTokens).toBeGreaterThanOrEqual(0);
    expect(end.usage.completionTokens).toBeGreaterThan(0);
  }
  if (end.confidence !== undefined) expectShare(end.confidence);
  const lines = end.lines ?? [];
  for (const { text, words = [] } of lines) {
    if (words.length > 0) expect(words.map((word) => word.text).join(" ")).toBe(text);
  }
  for (const line of lines.flatMap((one) => [one, ...(one.words ?? [])])) {
    expectShare(line.confidence);
    for (const edge of line.box) expectShare(edge);
    const [left, top, right, bottom] = line.box;
    expect(right).toBeGreaterThan(left);
    expect(bottom).toBeGreaterThan(top);
  }
}

function expectShare(value: number): void {
  expect(value).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThanOrEqual(1);
}
