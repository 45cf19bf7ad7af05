/** What every route has: a request id, a logger that names it, and errors in one form. */
import { randomUUID } from "node:crypto";
import { Elysia } from "elysia";
import { AppError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { problemResponse, requestFailure } from "./problem.ts";
import { SCRAPE_PATHS, requestPath } from "./request-path.ts";

/** Probes and scrapes come every few seconds; their lines would hide all others. */
const QUIET_PATHS = new Set(["/healthz", "/readyz", ...SCRAPE_PATHS]);

export function requestContext(logger: Logger) {
  return new Elysia({ name: "request-context" })
    .onRequest(({ request }) => {
      // Made of the header `Host`, which the caller writes; whoever parses it may rely on it now.
      // Old probes speak HTTP/1.0, without a host.
      const isOdd = !URL.canParse(request.url) && !QUIET_PATHS.has(requestPath(request));
      if (isOdd) throw hostInvalid();
    })
    .derive({ as: "global" }, ({ request, set }) => {
      const requestId = randomUUID();
      set.headers["x-request-id"] = requestId;
      return {
        requestId,
        logger: logger.child({ request_id: requestId }),
        startedAt: performance.now(),
        // Bun empties the request once its response is out, before the line about it is written.
        requestLine: { method: request.method, path: requestPath(request) },
      };
    })
    .onError({ as: "global" }, ({ error, code, request, set, requestId = randomUUID() }) => {
      const failure = request.signal.aborted ? callerLeft() : requestFailure(error, code);
      set.status = failure.status;
      const line = { request_id: requestId, code: failure.code, err: failure.cause ?? failure };
      // Whom a flood sends away has a line of its own below, and the flood a metric.
      const isFault = failure.status >= 500 && failure.code !== "server_busy";
      if (isFault) logger.error(line, "request failed");
      return problemResponse(failure, requestId);
    })
    .onAfterResponse({ as: "global" }, ({ set, requestId, startedAt, requestLine, response }) => {
      const status = response instanceof Response ? response.status : set.status;
      const ms = startedAt === undefined ? undefined : Math.round(performance.now() - startedAt);
      const line = { request_id: requestId, ...requestLine, status, ms };
      logger[QUIET_PATHS.has(requestLine?.path ?? "") ? "debug" : "info"](line, "request");
    });
}

/** Nobody reads the answer, and whatever went wrong went wrong because of that. */
function callerLeft(): AppError {
  return new AppError("cancelled", "The caller closed the connection.");
}

function hostInvalid(): AppError {
  return new AppError("request_invalid", "The header Host is no host name. Correct it.");
}
