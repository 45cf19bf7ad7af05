import { afterEach, describe, expect, test } from "bun:test";
import { textImage } from "../../../../tests/fixtures/images.ts";
import type { ErrorCode } from "../../../shared/api-errors.ts";
import { AppError } from "../../errors.ts";
import { createLogger } from "../../logger.ts";
import type { PageImage } from "../../page-image.ts";
import { describeEngine } from "../engine.conformance.ts";
import type { Engine, EngineEvent } from "../engine.ts";
import type { ScriptedAnswer } from "../scripted/answer.ts";
import { type Script, type ScriptedEngineServer, startScriptedEngine } from "../scripted/server.ts";
import { type OpenAiCompatibleOptions, createOpenAiCompatibleEngine } from "./engine.ts";

function engineAt(baseUrl: string, options: Partial<OpenAiCompatibleOptions> = {}): Engine {
  return createOpenAiCompatibleEngine({
    baseUrl,
    apiKey: undefined,
    model: "test-model",
    extraBody: {},
    longestSide: 1000,
    timeoutMs: 5_000,
    maxRetries: 0,
    concurrency: 8,
    logger: createLogger("silent"),
    ...options,
  });
}

async function drawJpeg(lines: string[]): Promise<PageImage> {
  const bytes = await textImage(lines, "jpeg");
  const { width, height } = await new Bun.Image(bytes).metadata();
  return { bytes, mime: "image/jpeg", width, height };
}

describeEngine("an OpenAI-compatible server", async () => {
  const pages = new Map<number, string>();
  // It "reads" a picture by its number of bytes.
  const server = await startScriptedEngine(({ image }) => ({
    text: pages.get(image.length) ?? "",
    chunkChars: 5,
    paceMs: 5,
  }));
  return {
    engine: engineAt(server.url),
    async draw(lines) {
      const page = await drawJpeg(lines);
      pages.set(page.bytes.length, lines.join("\n"));
      return page;
    },
    [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
  };
});

const image: PageImage = { bytes: Uint8Array.of(1, 2, 3), mime: "image/jpeg", width: 9, height: 9 };
let server: ScriptedEngineServer | undefined;
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

async function start(script: Script | ScriptedAnswer): Promise<ScriptedEngineServer> {
  server = await startScriptedEngine(typeof script === "function" ? script : () => script);
  return server;
}

async function read(
  answer: Script | ScriptedAnswer,
  options: Partial<OpenAiCompatibleOptions> = {},
): Promise<{ text: string; events: EngineEvent[]; failure: AppError | undefined }> {
  const { url } = await start(answer);
  const events: EngineEvent[] = [];
  let failure: AppError | undefined;
  try {
    const signal = new AbortController().signal;
    for await (const event of engineAt(url, options).stream(image, { prompt: "Read" }, signal)) {
      events.push(event);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    failure = error;
  }
  const text = events.map((event) => (event.type === "delta" ? event.delta : "")).join("");
  return { text, events, failure };
}

const TEXT = "# Title\n\nSome text, 漢字 and 😀 emoji.";

describe("the request", () => {
  test("is one user message, text before the image, with the settings of the contract", async () => {
    const extraBody = { vllm_xargs: { ngram_size: 30 }, skip_special_tokens: false };
    await read({ text: "x" }, { extraBody });
    expect(server?.calls[0]?.body).toEqual({
      model: "test-model",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Read" },
            { type: "image_url", image_url: { url: "data:image/jpeg;base64,AQID" } },
          ],
        },
      ],
      stream: true,
      temperature: 0,
      stream_options: { include_usage: true },
      ...extraBody,
    });
  });
});

describe("the answer", () => {
  test.each<[string, Partial<ScriptedAnswer>]>([
    ["plainly streamed", {}],
    ["cut inside characters", { pieceBytes: 3, chunkChars: 7 }],
    ["cut inside surrogate pairs", { chunkChars: 1 }],
    ["with CRLF line ends", { lineEnd: "\r\n", pieceBytes: 5, chunkChars: 20 }],
    ["with comments between", { comments: true }],
    ["without [DONE]", { done: false }],
    ["without finish reason", { finishReason: null }],
  ])("%s arrives as it is", async (_name, variation) => {
    const { text, failure } = await read({ text: TEXT, ...variation });
    expect(failure).toBeUndefined();
    expect(text).toBe(TEXT);
  });

  test("its usage comes from the chunk without choices, its finish reason is kept", async () => {
    const usage = { prompt_tokens: 123, completion_tokens: 45 };
    const { events } = await read({ text: "x", usage, finishReason: "length" });
    expect(events.at(-1)).toEqual({
      type: "end",
      finishReason: "length",
      usage: { promptTokens: 123, completionTokens: 45 },
    });
  });

  test("without usage says so by leaving it out", async () => {
    const { events } = await read({ text: "x", usage: null });
    expect(events.at(-1)).toEqual({ type: "end", finishReason: "stop" });
  });

  test("an empty text is a page without text", async () => {
    const { events } = await read({ text: "" });
    expect(events.map((event) => event.type)).toEqual(["end"]);
  });
});

describe("a fault of the engine", () => {
  test.each<[string, ScriptedAnswer["fault"], ErrorCode, RegExp]>([
    ["a wrong key", { kind: "status", status: 401 }, "engine_rejected", /LLM_API_KEY/],
    ["an unknown model", { kind: "status", status: 404 }, "engine_rejected", /LLM_MODEL/],
    [
      "a refused page",
      { kind: "status", status: 400, message: "too\nbig" },
      "engine_rejected",
      /too big$/,
    ],
    ["too many requests", { kind: "status", status: 429 }, "engine_overloaded", /later/],
    ["an overloaded engine", { kind: "status", status: 503 }, "engine_overloaded", /later/],
    ["a failing engine", { kind: "status", status: 500 }, "engine_failed", /status 500/],
    ["a closed connection", { kind: "reset" }, "engine_unreachable", /LLM_BASE_URL/],
    ["a web page", { kind: "html" }, "engine_protocol", /LLM_BASE_URL/],
    ["a cut in the middle", { kind: "cut", afterChunks: 2 }, "engine_failed", /broke off/],
    ["an early end", { kind: "early-end", afterChunks: 2 }, "engine_failed", /early/],
    ["nonsense in the stream", { kind: "malformed", afterChunks: 1 }, "engine_protocol", /chunk/],
    [
      "an error in the stream",
      { kind: "error-object", afterChunks: 1, message: "CUDA\u0007 out" },
      "engine_failed",
      /CUDA out$/,
    ],
    [
      "silence at the start",
      { kind: "silence", afterChunks: 0 },
      "engine_timeout",
      /LLM_TIMEOUT_S/,
    ],
    [
      "silence in the middle",
      { kind: "silence", afterChunks: 2 },
      "engine_timeout",
      /LLM_TIMEOUT_S/,
    ],
    [
      "comments without text",
      { kind: "comments-only", afterChunks: 1 },
      "engine_timeout",
      /LLM_TIMEOUT_S/,
    ],
    ["an event without end", { kind: "endless-event" }, "engine_protocol", /without end/],
  ])("%s is told apart", async (_name, fault, code, detail) => {
    const answer: ScriptedAnswer = { text: TEXT, chunkChars: 4, ...(fault && { fault }) };
    const { failure, text } = await read(answer, { timeoutMs: 400 });
    expect(failure?.code).toBe(code);
    expect(failure?.message).toMatch(detail);
    expect(TEXT.startsWith(text)).toBe(true);
  });

  test("an address where nobody listens is unreachable", async () => {
    const { url } = await start({ text: "x" });
    await server?.[Symbol.asyncDispose]();
    server = undefined;
    const engine = engineAt(url);
    const page = engine.stream(image, { prompt: "x" }, new AbortController().signal);
    expect(page.next()).rejects.toMatchObject({ code: "engine_unreachable" });
    expect(await engine.health(AbortSignal.timeout(2_000))).toMatchObject({ ok: false });
  });

  test("a refusal before the first delta is tried again", async () => {
    const { text, failure } = await read(
      ({ index }) =>
        index < 2
          ? {
              text: "",
              fault: { kind: "status", status: 503, headers: { "retry-after-ms": "10" } },
            }
          : { text: TEXT },
      { maxRetries: 2 },
    );
    expect(failure).toBeUndefined();
    expect(text).toBe(TEXT);
    expect(server?.calls).toHaveLength(3);
  });

  test("a cut after the first delta is not tried again: text would come twice", async () => {
    await read(
      { text: TEXT, chunkChars: 4, fault: { kind: "cut", afterChunks: 2 } },
      { maxRetries: 2 },
    );
    expect(server?.calls).toHaveLength(1);
  });

  test("a slow reader does not count as a silent engine", async () => {
    const { url } = await start({ text: "abcdefgh", chunkChars: 4, paceMs: 10 });
    const engine = engineAt(url, { timeoutMs: 150 });
    const types: string[] = [];
    for await (const event of engine.stream(image, { prompt: "x" }, new AbortController().signal)) {
      types.push(event.type);
      await Bun.sleep(200);
    }
    expect(types).toEqual(["delta", "delta", "end"]);
  });
});

describe("a page that nobody wants any more", () => {
  test.each(["before the first delta", "between deltas"])(
    "is cancelled at the engine %s",
    async (when) => {
      const early = when.startsWith("before");
      const started = Promise.withResolvers<void>();
      const { url, calls } = await start(() => {
        started.resolve();
        return { text: TEXT, chunkChars: 1, paceMs: 20, firstDelayMs: early ? 60_000 : 0 };
      });
      const controller = new AbortController();
      const page = engineAt(url).stream(image, { prompt: "x" }, controller.signal);
      const reason = new Error("gone");
      const first = page.next();
      await started.promise;
      if (!early) await first;
      const abortedAt = performance.now();
      const second = early ? first : page.next();
      controller.abort(reason);
      expect(await second.catch((error: unknown) => error)).toBe(reason);
      await calls[0]?.finished;
      expect(calls[0]?.outcome).toBe("cancelled");
      // The promise is 50 ms; a busy machine gets some slack.
      expect((calls[0]?.cancelledAt ?? Infinity) - abortedAt).toBeLessThan(250);
    },
  );
});
