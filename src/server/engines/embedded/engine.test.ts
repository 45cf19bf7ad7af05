import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { textPixels } from "../../../../tests/fixtures/images.ts";
import { createLogger } from "../../logger.ts";
import type { PageImage } from "../../page-image.ts";
import { toGreyBmp } from "../../raster/bitmap.ts";
import { describeEngine } from "../engine.conformance.ts";
import type { EngineEnd, EngineEvent } from "../engine.ts";
import { writeFields } from "./graph/wire.ts";
import { type EmbeddedEngine, createEmbeddedEngine } from "./engine.ts";
import { shippedModels } from "./model-files.ts";

const LONG_MS = 60_000;
const signal = new AbortController().signal;

function createEngine(processes = 1): EmbeddedEngine {
  return createEmbeddedEngine({ processes, memoryLimitMb: 800, logger: createLogger("silent") });
}

/** As the raster hands it on: grey, so of one byte a pixel. */
function draw(lines: readonly string[]): PageImage {
  const { width, height, data } = textPixels(lines);
  return { bytes: toGreyBmp({ width, height, data }), mime: "image/bmp", width, height };
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

  test("has its runtime tell nobody what it runs on", async () => {
    await read(draw(["Quiet"]));
    const [pid = 0] = engine.pids;
    expect(readFileSync(`/proc/${pid}/environ`, "utf8")).toContain("ORT_DISABLE_TELEMETRY=1");
  });

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

describe("models of one's own", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "my-ocr-models-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(): EmbeddedEngine {
    const options = { processes: 1, memoryLimitMb: 800, logger: createLogger("silent") };
    return createEmbeddedEngine({ ...options, modelsFolder: folder });
  }

  test(
    "are read with, under their own name",
    async () => {
      copyFileSync(shippedModels.detection, join(folder, "my_det.onnx"));
      copyFileSync(shippedModels.recognition, join(folder, "my_rec.onnx"));
      copyFileSync(shippedModels.dictionary ?? "", join(folder, "keys.txt"));
      await using engine = start();
      expect(engine.model).toBe("my_rec");
      let text = "";
      for await (const event of engine.stream(draw(["My own models"]), { prompt: "" }, signal)) {
        if (event.type === "delta") text += event.delta;
      }
      expect(text).toBe("My own models");
    },
    LONG_MS,
  );

  test("may bring their dictionary in the recognition model", async () => {
    const dictionary = readFileSync(shippedModels.dictionary ?? "");
    const entry = writeFields([
      { number: 1, kind: "bytes", bytes: Buffer.from("character") },
      { number: 2, kind: "bytes", bytes: dictionary },
    ]);
    const recognition = readFileSync(shippedModels.recognition);
    const metadata = writeFields([{ number: 14, kind: "bytes", bytes: entry }]);
    // Messages that follow each other are one message.
    writeFileSync(join(folder, "my_rec.onnx"), Buffer.concat([recognition, metadata]));
    copyFileSync(shippedModels.detection, join(folder, "my_det.onnx"));
    await using engine = start();
    expect(await engine.health(signal)).toEqual({ ok: true });
  });

  test("that do not belong together are refused in words", () => {
    copyFileSync(shippedModels.detection, join(folder, "my_det.onnx"));
    copyFileSync(shippedModels.recognition, join(folder, "my_rec.onnx"));
    expect(start).toThrow(/brings no dictionary.*\.txt/);
    writeFileSync(join(folder, "keys.txt"), "a\nb\n");
    expect(start).toThrow(/2 characters.*6625 classes/);
  });

  test("that are no models are refused in words", () => {
    writeFileSync(join(folder, "my_det.onnx"), "no model");
    writeFileSync(join(folder, "my_rec.onnx"), "no model");
    expect(start).toThrow(/my_rec\.onnx is no model that can be run/);
  });
});
