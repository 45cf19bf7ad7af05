/** One scripted answer on the wire: the protocol when all is well, and every way it can go wrong. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface ScriptedAnswer {
  text: string;
  /** UTF-16 units of the text in one chunk; may cut a surrogate pair, as servers do. Default 16. */
  chunkChars?: number;
  firstDelayMs?: number;
  /** Between two chunks. */
  paceMs?: number;
  /** Null sends none. Default: a token every four characters. */
  usage?: { prompt_tokens: number; completion_tokens: number } | null;
  /** Null sends none. */
  finishReason?: string | null;
  /** False leaves `[DONE]` out. */
  done?: boolean;
  lineEnd?: "\n" | "\r\n";
  /** Sends a comment before each chunk, as some servers do to keep the connection. */
  comments?: boolean;
  /** Writes the bytes in pieces of so many, each in a packet of its own, cutting characters. */
  pieceBytes?: number;
  fault?: Fault;
}

export type Fault =
  | { kind: "status"; status: number; message?: string; headers?: Record<string, string> }
  /** Closes the connection instead of answering. */
  | { kind: "reset" }
  /** A web page with status 200, as a wrong address gives. */
  | { kind: "html" }
  /** The connection breaks after so many chunks. */
  | { kind: "cut"; afterChunks: number }
  /** Ends in good order after so many chunks, but without finish reason and `[DONE]`. */
  | { kind: "early-end"; afterChunks: number }
  /** Says nothing more, for ever. */
  | { kind: "silence"; afterChunks: number }
  /** Only comments from then on, for ever. */
  | { kind: "comments-only"; afterChunks: number }
  | { kind: "malformed"; afterChunks: number }
  | { kind: "error-object"; afterChunks: number; message: string }
  /** One event that never ends. */
  | { kind: "endless-event" };

export interface AnswerHooks {
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
  onChunk: () => void;
  /** The script has been played to its end, faults included. */
  onEnd: () => void;
}

const KEEP_ALIVE_MS = 50;
/** A client that learns of the cut together with the last chunks drops them. */
const BEFORE_CUT_MS = 20;

export async function answerRequest(
  response: ServerResponse,
  answer: ScriptedAnswer,
  hooks: AnswerHooks,
): Promise<void> {
  try {
    await new Answer(response, answer, hooks).play();
  } catch (error) {
    if (!hooks.signal.aborted) throw error;
  }
}

class Answer {
  readonly #response: ServerResponse;
  readonly #answer: ScriptedAnswer;
  readonly #hooks: AnswerHooks;

  constructor(response: ServerResponse, answer: ScriptedAnswer, hooks: AnswerHooks) {
    this.#response = response;
    this.#answer = answer;
    this.#hooks = hooks;
  }

  async play(): Promise<void> {
    const { fault, firstDelayMs, paceMs, text, chunkChars = 16 } = this.#answer;
    if (firstDelayMs !== undefined) await this.#wait(firstDelayMs);
    if (fault && this.#failAtOnce(fault)) return;
    this.#response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    this.#response.flushHeaders();
    const chunks = Math.ceil(text.length / chunkChars);
    for (let n = 0; n < chunks; n++) {
      if (fault && (await this.#failAfter(fault, n))) return;
      if (n > 0 && paceMs !== undefined) await this.#wait(paceMs);
      await this.#sendDelta(text.slice(n * chunkChars, (n + 1) * chunkChars));
    }
    if (fault && (await this.#failAfter(fault, Number.POSITIVE_INFINITY))) return;
    await this.#sendEnd();
    this.#end();
  }

  async #sendDelta(content: string): Promise<void> {
    if (this.#answer.comments === true) await this.#write(": keep-alive\n\n");
    await this.#sendChunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
    this.#hooks.onChunk();
  }

  async #sendEnd(): Promise<void> {
    const { finishReason = "stop", done = true, usage, text } = this.#answer;
    if (finishReason !== null) {
      await this.#sendChunk({ choices: [{ index: 0, delta: {}, finish_reason: finishReason }] });
    }
    if (usage !== null) {
      const counted = { prompt_tokens: 10, completion_tokens: Math.ceil(text.length / 4) };
      await this.#sendChunk({ choices: [], usage: usage ?? counted });
    }
    if (done) await this.#write("data: [DONE]\n\n");
  }

  /** @returns true where the answer is over. */
  #failAtOnce(fault: Fault): boolean {
    switch (fault.kind) {
      case "status": {
        const { status, message = "scripted", headers = {} } = fault;
        this.#response.writeHead(status, { "content-type": "application/json", ...headers });
        this.#end(JSON.stringify({ error: { message } }));
        return true;
      }
      case "html":
        this.#response.writeHead(200, { "content-type": "text/html" });
        this.#end("<!doctype html><title>Not an engine</title>");
        return true;
      case "reset":
        this.#hooks.onEnd();
        this.#response.socket?.destroy();
        return true;
      case "cut":
      case "early-end":
      case "silence":
      case "comments-only":
      case "malformed":
      case "error-object":
      case "endless-event":
        return false;
    }
    return fault satisfies never;
  }

  /** @returns true where the answer is over. */
  async #failAfter(fault: Fault, chunksSent: number): Promise<boolean> {
    if ("afterChunks" in fault && chunksSent < fault.afterChunks) return false;
    switch (fault.kind) {
      case "cut":
        await this.#wait(BEFORE_CUT_MS);
        this.#hooks.onEnd();
        this.#response.socket?.destroy();
        return true;
      case "early-end":
        this.#end();
        return true;
      case "silence":
        await this.#wait(2 ** 31 - 1);
        return true;
      case "comments-only":
        for (;;) {
          await this.#write(": still here\n\n");
          await this.#wait(KEEP_ALIVE_MS);
        }
      case "malformed":
        await this.#write("data: {not json\n\n");
        this.#end();
        return true;
      case "error-object":
        await this.#sendChunk({ error: { message: fault.message, type: "server_error" } });
        this.#end();
        return true;
      case "endless-event":
        for (;;) {
          await this.#write("x".repeat(64 * 1024));
          // The caller's going away has to be noticed.
          await this.#wait(0);
        }
      case "status":
      case "html":
      case "reset":
        return false;
    }
    return fault satisfies never;
  }

  async #sendChunk(chunk: Record<string, unknown>): Promise<void> {
    const head = { id: "scripted", object: "chat.completion.chunk", created: 0, model: "scripted" };
    await this.#write(`data: ${JSON.stringify({ ...head, ...chunk })}\n\n`);
  }

  async #write(text: string): Promise<void> {
    this.#hooks.signal.throwIfAborted();
    const { lineEnd = "\n", pieceBytes } = this.#answer;
    const bytes = Buffer.from(text.replaceAll("\n", lineEnd));
    if (pieceBytes === undefined) {
      // No faster than it is read, as real engines do.
      if (!this.#response.write(bytes)) {
        await once(this.#response, "drain", { signal: this.#hooks.signal });
      }
      return;
    }
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      this.#response.write(bytes.subarray(at, at + pieceBytes));
      await this.#wait(0);
    }
  }

  #end(body = ""): void {
    this.#hooks.onEnd();
    this.#response.end(body);
  }

  async #wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#hooks.signal });
  }
}
