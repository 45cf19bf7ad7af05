/**
 * A subscription as server-sent events, in the form that tRPC's clients read. tRPC's own response
 * sends each event through six streams, three writes an event: with deltas of many pages that was
 * most of the server's work. Procedures, inputs and errors are tRPC's all the same.
 * Source: @trpc/server 11, unstable-core-do-not-import/stream/sse.ts.
 */
import {
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  isTrackedEnvelope,
  type TRPCError,
} from "@trpc/server";
import { z } from "zod";
import { withHeartbeat } from "../streams/heartbeat.ts";
import { pulledBytes } from "../streams/pulled-bytes.ts";
import { PING_MS, SILENCE_MS, type TrpcContext } from "./init.ts";
import { appRouter } from "./router.ts";

export interface SubscriptionCall {
  request: Request;
  path: string;
  /** Without the last id, which is put in here. */
  input: unknown;
  context: TrpcContext;
  onError: (error: TRPCError) => void;
  /** The stream is over, however it ended. Called exactly once. */
  onEnd: () => void;
}

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  vary: "trpc-accept, accept",
  // Proxies must hand on each event at once: nginx, ngx_http_proxy_module, proxy_buffering.
  "x-accel-buffering": "no",
};

/** Names of procedures; the router keeps them flat, which its type does not say. */
const subscriptions = new Set(
  Object.entries<unknown>(appRouter._def.procedures)
    .filter(([, procedure]) => isSubscription(procedure))
    .map(([path]) => path),
);

function isSubscription(procedure: unknown): boolean {
  if (typeof procedure !== "function" || !("_def" in procedure)) return false;
  return z.object({ type: z.literal("subscription") }).safeParse(procedure._def).success;
}

/**
 * What a request subscribes to, or undefined where it is no well-formed subscription: tRPC then says
 * what is wrong with it.
 *
 * @param endpoint the path of the typed API.
 */
export function readSubscription(
  request: Request,
  endpoint: string,
): Pick<SubscriptionCall, "path" | "input"> | undefined {
  if (request.method !== "GET") return undefined;
  const { pathname, searchParams } = new URL(request.url);
  const path = pathname.slice(endpoint.length + 1);
  const text = searchParams.get("input");
  if (!subscriptions.has(path) || text === null || searchParams.has("batch")) return undefined;
  try {
    const input: unknown = JSON.parse(text);
    return { path, input: withLastEventId(input, request.headers, searchParams) };
  } catch {
    return undefined;
  }
}

/** Where the client goes on, which it says in a header or, after a reconnect of its own, in the address. */
function withLastEventId(input: unknown, headers: Headers, query: URLSearchParams): unknown {
  const id = headers.get("last-event-id") ?? query.get("lastEventId") ?? query.get("Last-Event-ID");
  const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
  return isObject && id !== null && id !== "" ? { ...input, lastEventId: id } : input;
}

export function subscriptionResponse(call: SubscriptionCall): Response {
  const left = new AbortController();
  const events = sentEvents(call, AbortSignal.any([call.request.signal, left.signal]));
  const body = pulledBytes(
    withHeartbeat(events, PING_MS, () => sentEvent("ping", "")),
    { onLeave: () => left.abort(), onEnd: call.onEnd },
  );
  return new Response(body, { headers: HEADERS });
}

async function* sentEvents(
  { path, input, context, onError }: SubscriptionCall,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  yield sentEvent("connected", JSON.stringify({ reconnectAfterInactivityMs: SILENCE_MS }));
  const type = "subscription";
  try {
    const call = { router: appRouter, path, ctx: context, type, signal, batchIndex: 0 } as const;
    const values: unknown = await callTRPCProcedure({ ...call, getRawInput: async () => input });
    if (!isAsyncIterable(values)) throw new Error(`${path} gives no events`);
    for await (const value of values) {
      if (isTrackedEnvelope(value)) yield `id: ${value[0]}\ndata: ${JSON.stringify(value[1])}\n\n`;
      else yield `data: ${JSON.stringify(value)}\n\n`;
    }
    yield sentEvent("return", "");
  } catch (cause) {
    // Nobody reads it any more.
    if (signal.aborted) return;
    const error = getTRPCErrorFromUnknown(cause);
    onError(error);
    const { _config: config } = appRouter._def;
    const shape = getTRPCErrorShape({ config, ctx: context, error, input, path, type });
    yield sentEvent("serialized-error", JSON.stringify(shape));
  }
}

function sentEvent(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
