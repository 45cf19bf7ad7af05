/** Probes and self-description: is the process alive, can it take work, what is it. */
import { sql } from "drizzle-orm";
import { Elysia } from "elysia";
import { healthSchema, readinessSchema, serverInfoSchema } from "../../shared/server-info.ts";
import type { EngineHealth } from "../engines/engine.ts";
import type { Services } from "../services.ts";
import { publicRoute } from "./access.ts";
import type { Operations } from "./openapi/operation.ts";
import { requestContext } from "./request-context.ts";
import { readCommit, version } from "../version.ts";

export function healthRoutes(services: Services) {
  const { health: engineHealth } = services.engines.default;
  const commit = readCommit();
  return new Elysia()
    .use(requestContext(services.logger))
    .get("/healthz", () => ({ status: "ok", version, commit }), publicRoute)
    .get(
      "/readyz",
      async ({ set }) => {
        const checks = { database: databaseHealth(services), engine: await engineHealth() };
        const ready = checks.database.ok && checks.engine.ok && !services.lifecycle.draining;
        set.status = ready ? 200 : 503;
        return { status: ready ? "ok" : "unavailable", checks };
      },
      publicRoute,
    )
    .get("/api/info", () => describeServer(services, commit), publicRoute);
}

/** What the page has to know before anybody has logged in. */
function describeServer({ engines, config }: Services, commit: string | undefined) {
  const { engine } = engines.default;
  return {
    name: "My OCR",
    version,
    commit,
    engine: { name: engine.name, model: engine.model },
    auth: { enabled: config.AUTH_ENABLED, registration: config.REGISTRATION_ENABLED },
    limits: {
      upload_mb: config.MAX_UPLOAD_MB,
      pages: config.MAX_PAGES,
      megapixels: config.MAX_MEGAPIXELS,
    },
  };
}

export const healthOperations: Operations = {
  "GET /healthz": {
    id: "checkHealth",
    summary: "The process is alive",
    tag: "Server",
    answers: { 200: { description: "It is", content: { "application/json": healthSchema } } },
  },
  "GET /readyz": {
    id: "checkReadiness",
    summary: "The server can take work",
    description:
      "It cannot while its database or its engine does not answer, or while it is stopping.",
    tag: "Server",
    answers: {
      200: { description: "It can", content: { "application/json": readinessSchema } },
      503: { description: "It cannot", content: { "application/json": readinessSchema } },
    },
  },
  "GET /api/info": {
    id: "getInfo",
    summary: "Which engine reads, and the limits",
    tag: "Server",
    answers: {
      200: { description: "The server", content: { "application/json": serverInfoSchema } },
    },
  },
};

function databaseHealth({ db, logger }: Services): EngineHealth {
  try {
    db.get(sql`SELECT 1`);
    return { ok: true };
  } catch (error) {
    logger.error({ err: error }, "database check failed");
    return { ok: false, detail: "The database does not answer." };
  }
}
