/**
 * A server on loopback that speaks OpenAI's chat completions from a script: pace, faults, lengths.
 * The other side of tests and benchmarks, and something to try the dashboard with (`bun run
 * engine:scripted`). It reads nothing: the script says what "the model" answers.
 */
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { type ScriptedAnswer, answerRequest } from "./answer.ts";

/** One call as the script sees it. */
export interface ScriptedRequest {
  /** Counts the calls from 0. */
  index: number;
  prompt: string;
  image: Uint8Array;
  /** The whole JSON body. */
  body: Record<string, unknown>;
}

export type Script = (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** What became of one call. */
export interface ScriptedCall extends ScriptedRequest {
  chunksSent: number;
  /** `cancelled`: the caller closed the connection before the answer's end. */
  outcome: "running" | "ended" | "cancelled";
  /** When the caller's going away was noticed, as `performance.now()`. */
  cancelledAt: number | undefined;
  /** Resolves when the outcome is no longer `running`. */
  finished: Promise<void>;
}

export interface ScriptedEngineServer extends AsyncDisposable {
  /** For `LLM_BASE_URL`: ends in `/v1`. */
  url: string;
  /** In the order in which they came. */
  calls: readonly ScriptedCall[];
}

const bodySchema = z.looseObject({
  messages: z.tuple([
    z.object({
      role: z.literal("user"),
      content: z.tuple([
        z.object({ type: z.literal("text"), text: z.string() }),
        z.object({
          type: z.literal("image_url"),
          image_url: z.object({ url: z.string().startsWith("data:image/") }),
        }),
      ]),
    }),
  ]),
});

export async function startScriptedEngine(
  script: Script,
  options: { port?: number; model?: string } = {},
): Promise<ScriptedEngineServer> {
  const calls: ScriptedCall[] = [];
  const server = createServer((request, response) => {
    if (request.url?.endsWith("/chat/completions") === true && request.method === "POST") {
      void complete(request, response, script, calls);
    } else if (request.url?.endsWith("/models") === true) {
      sendJson(response, 200, { object: "list", data: [{ id: options.model ?? "scripted" }] });
    } else {
      sendJson(response, 404, { error: { message: "no such route" } });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve());
  });
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/v1`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("not listening on TCP");
  return address.port;
}

async function complete(
  request: IncomingMessage,
  response: ServerResponse,
  script: Script,
  calls: ScriptedCall[],
): Promise<void> {
  const parsed = bodySchema.safeParse(await readJson(request));
  if (!parsed.success) {
    sendJson(response, 400, { error: { message: z.prettifyError(parsed.error) } });
    return;
  }
  const [text, image] = parsed.data.messages[0].content;
  const finished = Promise.withResolvers<void>();
  const call: ScriptedCall = {
    index: calls.length,
    prompt: text.text,
    image: Buffer.from(image.image_url.url.replace(/^[^,]*,/, ""), "base64"),
    body: parsed.data,
    chunksSent: 0,
    outcome: "running",
    cancelledAt: undefined,
    finished: finished.promise,
  };
  calls.push(call);
  const gone = new AbortController();
  response.on("close", () => {
    if (call.outcome === "running") {
      call.outcome = "cancelled";
      call.cancelledAt = performance.now();
    }
    gone.abort();
    finished.resolve();
  });
  const answer = await script(call);
  await answerRequest(response, answer, {
    signal: gone.signal,
    onChunk: () => call.chunksSent++,
    onEnd: () => {
      call.outcome = "ended";
    },
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    return undefined;
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
