/** Reads the streamed answer of a chat completion: text deltas, then usage and finish reason. */
import { z } from "zod";
import { AppError } from "../../errors.ts";
import { SseDecoder } from "../../streams/sse.ts";
import type { EngineEvent, EngineUsage } from "../engine.ts";
import { serverSaid } from "./errors.ts";

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
 * Makes engine events of the bytes of one answer. Deltas that arrive together leave as one.
 */
export class AnswerReader {
  readonly #sse = new SseDecoder();
  readonly #text = new WholeCharacters();
  #usage: EngineUsage | undefined;
  #finishReason: string | null = null;
  #failure: { reason: unknown } | undefined;
  /** True after `[DONE]`; nothing that follows counts. */
  isDone = false;

  /**
   * @returns the text that the bytes bring, "" where they bring none.
   * @throws AppError engine_protocol, engine_failed.
   */
  push(bytes: Uint8Array): string {
    if (this.#failure) throw this.#failure.reason;
    let text = "";
    try {
      for (const data of this.#sse.push(bytes)) {
        if (data === "[DONE]") this.isDone = true;
        if (this.isDone) break;
        text += this.#deltaOf(parseChunk(data));
      }
    } catch (reason) {
      // What came before the fault is text all the same.
      if (text === "") throw reason;
      this.#failure = { reason };
    }
    return this.#text.push(text);
  }

  /**
   * @returns the last events, once the body has ended or `[DONE]` has come.
   * @throws AppError engine_failed where the answer is not complete.
   */
  finish(): EngineEvent[] {
    if (this.#failure) throw this.#failure.reason;
    if (!this.isDone && this.#finishReason === null) {
      throw new AppError("engine_failed", "The engine's answer ended early. Try the page again.");
    }
    const rest = this.#text.rest();
    const usage = this.#usage;
    return [
      ...(rest === "" ? [] : [{ type: "delta" as const, delta: rest }]),
      { type: "end", finishReason: this.#finishReason, ...(usage && { usage }) },
    ];
  }

  #deltaOf(chunk: Chunk): string {
    if (chunk.usage) this.#usage = usageOf(chunk.usage);
    const choice = chunk.choices?.[0];
    this.#finishReason = choice?.finish_reason ?? this.#finishReason;
    return choice?.delta?.content ?? "";
  }
}

/** @throws AppError engine_protocol where the answer is no stream. */
export function bodyOf(response: Response): ReadableStream<Uint8Array> {
  const type = response.headers.get("content-type") ?? "";
  if (!response.body || /html|application\/json/i.test(type)) {
    throw new AppError(
      "engine_protocol",
      "The engine did not answer with a stream. Check LLM_BASE_URL: it usually ends in /v1.",
    );
  }
  return response.body;
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
