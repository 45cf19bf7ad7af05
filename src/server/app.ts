/** Mounts the HTTP routes and the built client, in order. */
import { Elysia } from "elysia";
import { clientFiles } from "./http/client-files.ts";
import { healthRoutes } from "./http/health.ts";
import { ocrRoutes } from "./http/ocr.ts";
import { requestContext } from "./http/request-context.ts";
import { usageRoutes } from "./http/usage.ts";
import type { Services } from "./services.ts";

/** Room for the form around the file: its other fields and the boundaries. */
const FORM_OVERHEAD_BYTES = 4 * 1024 * 1024;
/** A quiet connection is cut after so long; streams lift this for themselves. */
const IDLE_TIMEOUT_S = 30;

export function createApp(services: Services) {
  return new Elysia({
    serve: {
      maxRequestBodySize: services.uploadLimits.maxBytes + FORM_OVERHEAD_BYTES,
      idleTimeout: IDLE_TIMEOUT_S,
    },
  })
    .use(requestContext(services.logger))
    .use(healthRoutes(services))
    .use(ocrRoutes(services))
    .use(usageRoutes(services))
    .use(clientFiles());
}
