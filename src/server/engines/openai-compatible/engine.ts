/**
 * Any server that speaks OpenAI's chat completions: vLLM, SGLang, Ollama, llama.cpp, OpenAI. The
 * `openai` client makes the request and its retries; the stream is decoded here, which costs less
 * than half of the client's own decoding for each chunk.
 */
import OpenAI from "openai";
import { z } from "zod";
import type { Logger } from "../../logger.ts";
import type { PageImage } from "../../page-image.ts";
import type { Engine, EngineEvent, EngineHealth, RecognitionOptions } from "../engine.ts";
import { AnswerReader, bodyOf } from "./answer.ts";
import { engineError, healthOfResponse, unreachable } from "./errors.ts";
import { SilenceTimer } from "./silence-timer.ts";

export interface OpenAiCompatibleOptions {
  /** Ends in `/v1` for most servers. */
  baseUrl: string;
  apiKey: string | undefined;
  model: string;
  /** More fields of the request body; they win over the standard ones. */
  extraBody: Record<string, unknown>;
  /** Of the picture, in pixels. */
  longestSide: number;
  /** Silence that is borne before the first delta and between deltas. */
  timeoutMs: number;
  /** Only before the first delta. */
  maxRetries: number;
  concurrency: number;
  logger: Logger;
}

/** The longest that a timer of the platform can wait: our own timer is always the shorter one. */
const NEVER_MS = 2 ** 31 - 1;

export function createOpenAiCompatibleEngine(options: OpenAiCompatibleOptions): Engine {
  const client = createClient(options);

  async function* stream(
    image: PageImage,
    recognition: RecognitionOptions,
    signal: AbortSignal,
  ): AsyncGenerator<EngineEvent, void, undefined> {
    signal.throwIfAborted();
    const upstream = new AbortController();
    const onAbort = (): void => upstream.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    using silence = new SilenceTimer(options.timeoutMs, (reason) => upstream.abort(reason));
    try {
      const request = client.post("/chat/completions", {
        body: requestBody(options, image, recognition),
        signal: upstream.signal,
      });
      const response = await silence.watch(request.asResponse());
      const body = bodyOf(response).getReader();
      const answer = new AnswerReader();
      while (!answer.isDone) {
        const { done, value } = await silence.watch(body.read());
        if (done) break;
        const delta = answer.push(value);
        if (delta === "") continue;
        silence.heard();
        yield { type: "delta", delta };
      }
      yield* answer.finish();
    } catch (error) {
      throw upstream.signal.aborted ? upstream.signal.reason : engineError(error);
    } finally {
      signal.removeEventListener("abort", onAbort);
      // Whoever leaves early, or fails, must not leave the engine at work.
      upstream.abort();
    }
  }

  return {
    name: "openai-compatible",
    model: options.model,
    profile: { longestSide: options.longestSide, format: "jpeg" },
    concurrency: options.concurrency,
    stream,
    models: async (signal) => await listModels(options, signal),
    health: async (signal) => await checkHealth(options, signal),
    [Symbol.asyncDispose]: async () => {},
  };
}

function createClient(options: OpenAiCompatibleOptions): OpenAI {
  return new OpenAI({
    baseURL: options.baseUrl,
    // The client insists on a key; without one the header is left out instead.
    apiKey: options.apiKey ?? "none",
    ...(options.apiKey === undefined && { defaultHeaders: { Authorization: null } }),
    maxRetries: options.maxRetries,
    timeout: NEVER_MS,
    // Bun's own fetch would cut a quiet body after five minutes.
    fetchOptions: { timeout: false },
    // Nothing may come from variables of the environment that config.ts does not know.
    organization: null,
    project: null,
    logLevel: "off",
  });
}

/** One user message, the text before the image. */
function requestBody(
  { model: ownModel, extraBody }: OpenAiCompatibleOptions,
  { bytes, mime }: PageImage,
  { prompt, model = ownModel }: RecognitionOptions,
): Record<string, unknown> {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  const content = [
    { type: "text", text: prompt },
    { type: "image_url", image_url: { url: `data:${mime};base64,${base64}` } },
  ];
  return {
    model,
    messages: [{ role: "user", content }],
    stream: true,
    temperature: 0,
    stream_options: { include_usage: true },
    ...extraBody,
  };
}

const modelListSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

async function listModels(
  options: OpenAiCompatibleOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const response = await askForModels(options, signal).catch((error: unknown) => {
    throw unreachable(error);
  });
  const answer: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  const list = modelListSchema.safeParse(answer);
  // Not every server lists its models.
  const others = list.success ? list.data.data.map(({ id }) => id) : [];
  return [...new Set([options.model, ...others])];
}

async function askForModels(
  { baseUrl, apiKey }: OpenAiCompatibleOptions,
  signal: AbortSignal,
): Promise<Response> {
  return await fetch(`${baseUrl.replace(/\/+$/, "")}/models`, {
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    signal,
  });
}

async function checkHealth(
  options: OpenAiCompatibleOptions,
  signal: AbortSignal,
): Promise<EngineHealth> {
  try {
    const response = await askForModels(options, signal);
    await response.body?.cancel();
    return healthOfResponse(response.status);
  } catch {
    return { ok: false, detail: unreachable().message };
  }
}
