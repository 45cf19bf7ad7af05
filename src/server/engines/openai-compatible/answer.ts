/** Reads the streamed answer of a chat completion: text deltas, then usage and finish reason. */
import { z } from "zod";
import { AppError } from "../../errors.ts";
import { decodeSse } from "../../streams/sse.ts";
import type { EngineEvent, EngineUsage } from "../engine.ts";
import { serverSaid } from "./errors.ts";
import type { SilenceTimer } from "./silence-timer.ts";

/** Only what is used here; servers differ in the rest. */
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  // In a last chunk without choices, or in the last one with them.
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
  error: z.unknown().optional(),
});

type Chunk = z.infer<typeof chunkSchema>;

/**
 * @param response a successful one.
 * @throws AppError engine_protocol, engine_failed.
 */
export async function* answerEvents(
  response: Response,
  silence: SilenceTimer,
): AsyncGenerator<EngineEvent, void, undefined> {
  const body = streamOf(response);
  const text = new WholeCharacters();
  let usage: EngineUsage | undefined;
  let finishReason: string | null = null;
  let isDone = false;
  for await (const data of decodeSse(watchedChunks(body, silence))) {
    if (data === "[DONE]") {
      isDone = true;
      break;
    }
    const chunk = parseChunk(data);
    if (chunk.usage) usage = usageOf(chunk.usage);
    const choice = chunk.choices?.[0];
    finishReason = choice?.finish_reason ?? finishReason;
    const delta = text.push(choice?.delta?.content ?? "");
    if (delta === "") continue;
    silence.heard();
    yield { type: "delta", delta };
  }
  if (!isDone && finishReason === null) {
    throw new AppError("engine_failed", "The engine's answer ended early. Try the page again.");
  }
  const rest = text.rest();
  if (rest !== "") yield { type: "delta", delta: rest };
  yield { type: "end", finishReason, ...(usage && { usage }) };
}

function streamOf(response: Response): ReadableStream<Uint8Array> {
  const type = response.headers.get("content-type") ?? "";
  if (!response.body || /html|application\/json/i.test(type)) {
    throw new AppError(
      "engine_protocol",
      "The engine did not answer with a stream. Check LLM_BASE_URL: it usually ends in /v1.",
    );
  }
  return response.body;
}

/** The body's chunks; the time until each comes counts as the engine's silence. */
async function* watchedChunks(
  body: ReadableStream<Uint8Array>,
  silence: SilenceTimer,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await silence.watch(async () => await reader.read());
    if (done) return;
    yield value;
  }
}

function parseChunk(data: string): Chunk {
  const chunk = chunkSchema.safeParse(parseJson(data));
  if (!chunk.success) {
    throw new AppError(
      "engine_protocol",
      "The engine sent something that is no chat completion chunk. Check LLM_BASE_URL.",
    );
  }
  if (chunk.data.error !== undefined && chunk.data.error !== null) {
    throw new AppError("engine_failed", `The engine failed: ${serverSaid(chunk.data.error)}`);
  }
  return chunk.data;
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function usageOf(usage: NonNullable<Chunk["usage"]>): EngineUsage {
  return { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens };
}

/**
 * Keeps the halves of a surrogate pair together: JSON may cut between them, and a half alone could
 * not be sent on as UTF-8.
 */
class WholeCharacters {
  #held = "";

  push(text: string): string {
    if (text === "") return "";
    const joined = this.#held + text;
    const last = joined.charCodeAt(joined.length - 1);
    const isHalf = (last & 0xfc00) === 0xd800;
    this.#held = isHalf ? joined.slice(-1) : "";
    return isHalf ? joined.slice(0, -1) : joined;
  }

  rest(): string {
    return this.#held;
  }
}
