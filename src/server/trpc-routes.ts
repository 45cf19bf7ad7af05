/**
 * `/api/trpc`: tRPC inside of Elysia. Bodies are received here, with limits: small ones whole, files
 * written to disk as they arrive.
 */
import { Elysia } from "elysia";
import type { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { type Upload, receiveUpload } from "./documents/receive-upload.ts";
import { toAppError } from "./errors.ts";
import { access, ownAccess } from "./http/access.ts";
import { readBytes } from "./http/body.ts";
import { type TimeoutServer, liftIdleTimeout } from "./http/idle-timeout.ts";
import type { Principal } from "./auth/principal.ts";
import type { ClientInfo } from "./auth/same-origin.ts";
import type { Logger } from "./logger.ts";
import type { Services } from "./services.ts";
import { appErrorOf, errorData } from "./trpc/errors.ts";
import type { LiveStream, TrpcContext } from "./trpc/init.ts";
import { appRouter } from "./trpc/router.ts";
import { readSubscription, subscriptionResponse } from "./trpc/subscription-response.ts";

const ENDPOINT = "/api/trpc";
/** Edited pages are the largest inputs. */
const BODY_LIMITS = { maxBytes: 4 * 1024 * 1024, timeoutMs: 30_000 };

interface Call {
  request: Request;
  requestId: string;
  logger: Logger;
  client: ClientInfo;
  server: TimeoutServer | null;
}

export function trpcRoutes(services: Services) {
  const handle = async (call: Call): Promise<Response> => await respond(services, call);
  return new Elysia()
    .use(access(services))
    .get(`${ENDPOINT}/*`, handle, ownAccess)
    .post(`${ENDPOINT}/*`, handle, { ...ownAccess, parse: "none" });
}

async function respond(services: Services, call: Call): Promise<Response> {
  const { request, requestId } = call;
  let principal: Promise<Principal> | undefined;
  const authenticate = async (): Promise<Principal> => {
    principal ??= services.authenticator.authenticate(request, call.client);
    return await principal;
  };
  const cleanup = new AsyncDisposableStack();
  try {
    const isUpload = /^multipart\/form-data/i.test(request.headers.get("content-type") ?? "");
    // Nobody's files are received before it is known whose they are.
    if (isUpload) await authenticate();
    const upload = isUpload ? cleanup.use(await receive(services, call)) : undefined;
    return await answer(services, call, { authenticate, upload });
  } catch (error) {
    const failure = toAppError(error);
    const data = errorData(failure, requestId);
    const shape = { code: -32_600, message: failure.message, data };
    return Response.json({ error: shape }, { status: failure.status });
  } finally {
    await cleanup.disposeAsync();
  }
}

async function receive(services: Services, { request, server }: Call): Promise<Upload> {
  using _ = liftIdleTimeout(server, request);
  const { spoolDirectory, uploadLimits } = services;
  try {
    return await receiveUpload(request, spoolDirectory, uploadLimits, request.signal);
  } catch (error) {
    services.metrics.uploadsRefused.inc({ code: toAppError(error).code });
    throw error;
  }
}

async function answer(
  services: Services,
  call: Call,
  { authenticate, upload }: Pick<TrpcContext, "authenticate" | "upload">,
): Promise<Response> {
  const { request, requestId, logger, client } = call;
  const live = (principal: Principal, signal: AbortSignal | undefined): LiveStream =>
    followFor(services, principal, signal);
  const context = { services, requestId, logger, client, authenticate, live, upload };
  const onError = (error: TRPCError, path: string | undefined): void => {
    const failure = appErrorOf(error);
    if (upload) services.metrics.uploadsRefused.inc({ code: failure.code });
    // Whoever has gone has not failed.
    if (failure.status < 500 || request.signal.aborted) return;
    logger.error({ path, code: failure.code, err: failure.cause ?? failure }, "call failed");
  };
  const subscription = readSubscription(request, ENDPOINT);
  if (subscription) {
    const held = services.metrics.http.hold(request);
    return subscriptionResponse({
      ...subscription,
      request,
      context,
      onError: (error) => onError(error, subscription.path),
      onEnd: () => held[Symbol.dispose](),
    });
  }
  return await fetchRequestHandler({
    endpoint: ENDPOINT,
    router: appRouter,
    req: await withBody(request, upload),
    createContext: () => context,
    onError: ({ error, path }) => onError(error, path),
  });
}

/** The request with its body in memory, or without one where that was a file. */
async function withBody(request: Request, upload: Upload | undefined): Promise<Request> {
  if (request.method !== "POST") return request;
  const headers = new Headers(request.headers);
  if (upload) headers.set("content-type", "application/json");
  const body = upload ? "{}" : await readBytes(request, BODY_LIMITS);
  return new Request(request.url, { method: "POST", headers, body, signal: request.signal });
}

/** Ends when the reader goes, or when the credential is revoked; the job that it follows goes on. */
function followFor(
  services: Services,
  principal: Principal,
  signal: AbortSignal | undefined,
): LiveStream {
  const controller = new AbortController();
  const handle = services.lifecycle.follow(controller, principal);
  return {
    signal: signal ? AbortSignal.any([controller.signal, signal]) : controller.signal,
    [Symbol.dispose]: () => handle[Symbol.dispose](),
  };
}
