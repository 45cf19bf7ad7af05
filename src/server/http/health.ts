/** Probes and self-description: is the process alive, can it take work, what is it. */
import { sql } from "drizzle-orm";
import { Elysia } from "elysia";
import type { EngineHealth } from "../engines/engine.ts";
import type { Services } from "../services.ts";
import { publicRoute } from "./access.ts";
import { requestContext } from "./request-context.ts";
import { version } from "../version.ts";

const ENGINE_CHECK_TIMEOUT_MS = 3_000;
/** Probes of many callers in a short time ask the engine once. */
const ENGINE_CHECK_TTL_MS = 2_000;

export function healthRoutes(services: Services) {
  const engineHealth = cached(
    ENGINE_CHECK_TTL_MS,
    async () => await services.engine.health(AbortSignal.timeout(ENGINE_CHECK_TIMEOUT_MS)),
  );
  return new Elysia()
    .use(requestContext(services.logger))
    .get("/healthz", () => ({ status: "ok", version }), publicRoute)
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
    .get("/api/info", () => describeServer(services), publicRoute);
}

/** What the page has to know before anybody has logged in. */
function describeServer({ engine, config }: Services) {
  return {
    name: "My OCR",
    version,
    engine: { name: engine.name, model: engine.model },
    auth: { enabled: config.AUTH_ENABLED, registration: config.REGISTRATION_ENABLED },
    limits: {
      upload_mb: config.MAX_UPLOAD_MB,
      pages: config.MAX_PAGES,
      megapixels: config.MAX_MEGAPIXELS,
    },
  };
}

function databaseHealth({ db, logger }: Services): EngineHealth {
  try {
    db.get(sql`SELECT 1`);
    return { ok: true };
  } catch (error) {
    logger.error({ err: error }, "database check failed");
    return { ok: false, detail: "The database does not answer." };
  }
}

function cached<T>(ttlMs: number, load: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  let loadedAt = 0;
  return async () => {
    const now = performance.now();
    if (!value || now - loadedAt > ttlMs) {
      loadedAt = now;
      value = load();
    }
    return await value;
  };
}
