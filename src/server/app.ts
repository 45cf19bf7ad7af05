/** Mounts the HTTP routes and the built client, in order. */
import { Elysia } from "elysia";
import { clientFiles } from "./http/client-files.ts";
import { healthRoutes } from "./http/health.ts";
import { ocrRoutes } from "./http/ocr.ts";
import { requestContext } from "./http/request-context.ts";
import { usageRoutes } from "./http/usage.ts";
import type { Services } from "./services.ts";

/**
 * Bun answers larger bodies with a bare 413. Uploads are bounded where they are received, with an
 * error that says what to do; no other route reads a body.
 */
const MAX_BODY_BYTES = 2 ** 50;
/** A quiet connection is cut after so long; streams lift this for themselves. */
const IDLE_TIMEOUT_S = 30;

export function createApp(services: Services) {
  return new Elysia({
    serve: {
      maxRequestBodySize: MAX_BODY_BYTES,
      idleTimeout: IDLE_TIMEOUT_S,
      // Elysia's default would let a second server share a port that is taken, and half the requests.
      reusePort: false,
    },
  })
    .use(requestContext(services.logger))
    .use(healthRoutes(services))
    .use(ocrRoutes(services))
    .use(usageRoutes(services))
    .use(clientFiles());
}
