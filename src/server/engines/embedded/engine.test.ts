import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { textPixels } from "../../../../tests/fixtures/images.ts";
import { bmp } from "../../../../tests/fixtures/pixels.ts";
import { createLogger } from "../../logger.ts";
import type { PageImage } from "../../page-image.ts";
import { describeEngine } from "../engine.conformance.ts";
import type { EngineEnd, EngineEvent } from "../engine.ts";
import { type EmbeddedEngine, createEmbeddedEngine } from "./engine.ts";

const LONG_MS = 60_000;
const signal = new AbortController().signal;

function createEngine(processes = 1): EmbeddedEngine {
  return createEmbeddedEngine({ processes, memoryLimitMb: 800, logger: createLogger("silent") });
}

function draw(lines: readonly string[]): PageImage {
  const pixels = textPixels(lines);
  return { bytes: bmp(pixels), mime: "image/bmp", width: pixels.width, height: pixels.height };
}

describeEngine("the built-in engine", async () => {
  const engine = createEngine();
  return {
    engine,
    draw: async (lines) => draw(lines),
    [Symbol.asyncDispose]: async () => await engine[Symbol.asyncDispose](),
  };
});

describe("the built-in engine", () => {
  let engine: EmbeddedEngine;
  beforeAll(() => {
    engine = createEngine();
  });
  afterAll(async () => await engine[Symbol.asyncDispose]());

  async function read(image: PageImage): Promise<{ text: string; end: EngineEnd | undefined }> {
    let text = "";
    let end: EngineEnd | undefined;
    for await (const event of engine.stream(image, { prompt: "" }, signal)) {
      if (event.type === "delta") text += event.delta;
      else end = event;
    }
    return { text, end };
  }

  test(
    "reads what stands there, with a confidence and a box for each line",
    async () => {
      const { text, end } = await read(draw(["Invoice 2041", "Total: 187.80 EUR"]));
      expect(text).toBe("Invoice 2041\nTotal: 187.80 EUR");
      expect(end?.confidence).toBeGreaterThan(0.9);
      const [first, second] = end?.lines ?? [];
      expect([first?.text, second?.text]).toEqual(["Invoice 2041", "Total: 187.80 EUR"]);
      // Drawn at the upper left, one line below the other.
      expect(first?.box[0]).toBeLessThan(0.2);
      expect(first?.box[2]).toBeLessThan(0.6);
      expect(second?.box[1]).toBeGreaterThan(first?.box[1] ?? 1);
    },
    LONG_MS,
  );

  test(
    "tells where each word stands",
    async () => {
      const { end } = await read(draw(["Left middle right"]));
      const [left, middle, right] = end?.lines?.[0]?.words ?? [];
      expect([left?.text, middle?.text, right?.text]).toEqual(["Left", "middle", "right"]);
      expect(left?.box[2]).toBeLessThan(middle?.box[0] ?? 0);
      expect(middle?.box[2]).toBeLessThan(right?.box[0] ?? 0);
    },
    LONG_MS,
  );

  test(
    "a white page has no text and no confidence",
    async () => {
      const { text, end } = await read(draw([]));
      expect(text).toBe("");
      expect(end).toEqual({ type: "end", finishReason: "stop", lines: [] });
    },
    LONG_MS,
  );

  test(
    "a process killed in the middle of a page costs a retry: no text is lost or said twice",
    async () => {
      // Lines of different lengths, which are not joined into a paragraph.
      const lines = Array.from(
        { length: 30 },
        (_, n) => `Line ${n} of 30${" and more".repeat(n % 3)}`,
      );
      const before = engine.pids;
      let text = "";
      for await (const event of engine.stream(draw(lines), { prompt: "" }, signal)) {
        if (event.type === "end") continue;
        if (text === "") for (const pid of engine.pids) process.kill(pid, "SIGKILL");
        text += event.delta;
      }
      expect(text).toBe(lines.join("\n"));
      expect(engine.pids).not.toEqual(before);
    },
    LONG_MS,
  );

  test(
    "a page that kills two processes fails, and the next one is read",
    async () => {
      const lines = Array.from({ length: 40 }, (_, n) => `Line number ${n} of forty`);
      const killer = setInterval(() => {
        for (const pid of engine.pids) process.kill(pid, "SIGKILL");
      }, 100);
      const events = await Array.fromAsync<EngineEvent>(
        engine.stream(draw(lines), { prompt: "" }, signal),
      ).catch((error: unknown) => error);
      clearInterval(killer);
      expect(events).toMatchObject({ code: "engine_crashed" });
      expect((await read(draw(["Still alive"]))).text).toBe("Still alive");
    },
    LONG_MS,
  );
});
