/** Mounts the HTTP routes and the built client, in order. */
import { Elysia } from "elysia";
import { requireDeclaredAccess } from "./http/access.ts";
import { apiDocsRoutes } from "./http/api-docs.ts";
import { authOperations } from "./http/auth-operations.ts";
import { authRoutes } from "./http/auth.ts";
import { clientInfo } from "./http/client-address.ts";
import { clientFiles } from "./http/client-files.ts";
import { documentOperations } from "./http/documents-operations.ts";
import { documentRoutes } from "./http/documents.ts";
import { IDLE_TIMEOUT_S } from "./http/idle-timeout.ts";
import { healthOperations, healthRoutes } from "./http/health.ts";
import { metricsOperations, metricsRoutes } from "./http/metrics.ts";
import { ocrOperations } from "./http/ocr-operations.ts";
import { ocrRoutes } from "./http/ocr.ts";
import { requestContext } from "./http/request-context.ts";
import { requestMetrics } from "./http/request-metrics.ts";
import { responseHeaders } from "./http/response-headers.ts";
import { unmatchedRoutes } from "./http/unmatched.ts";
import { usageOperations, usageRoutes } from "./http/usage.ts";
import { userOperations, userRoutes } from "./http/users.ts";
import type { Services } from "./services.ts";
import { trpcRoutes } from "./trpc-routes.ts";

/**
 * Bun answers larger bodies with a bare 413. Bodies are bounded where they are read, with an error
 * that says what to do.
 */
const MAX_BODY_BYTES = 2 ** 50;

/** What the routes say about themselves; a test holds it against those that are mounted. */
const operations = {
  ...ocrOperations,
  ...documentOperations,
  ...authOperations,
  ...userOperations,
  ...usageOperations,
  ...healthOperations,
  ...metricsOperations,
};

/** @throws Error where a route does not declare who may use it. */
export function createApp(services: Services) {
  const app = new Elysia({
    // Elysia looks for the path behind the fourth letter of a host, and some have fewer.
    handler: { standardHostname: false },
    serve: {
      maxRequestBodySize: MAX_BODY_BYTES,
      idleTimeout: IDLE_TIMEOUT_S,
      // Elysia's default would let a second server share a port that is taken, and half the requests.
      reusePort: false,
      // Its pages about errors show sources and paths.
      development: false,
    },
  })
    .use(requestMetrics(services.metrics.http))
    .use(
      responseHeaders({
        corsOrigins: services.config.CORS_ORIGINS,
        isHttps: (request, server) =>
          clientInfo(request, server, services.config.TRUSTED_PROXIES).isHttps,
      }),
    )
    .use(requestContext(services.logger))
    .use(healthRoutes(services))
    .use(metricsRoutes(services))
    .use(authRoutes(services))
    .use(userRoutes(services))
    .use(ocrRoutes(services))
    .use(documentRoutes(services))
    .use(usageRoutes(services))
    .use(trpcRoutes(services))
    .use(clientFiles());
  app.use(apiDocsRoutes(services, operations, () => app.routes));
  app.use(unmatchedRoutes(() => app.routes));
  requireDeclaredAccess(app);
  return app;
}
