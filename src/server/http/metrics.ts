/** `GET /metrics` and `/api/metrics`: what Prometheus scrapes. */
import { createHash, timingSafeEqual } from "node:crypto";
import { Elysia } from "elysia";
import { z } from "zod";
import { notAuthenticated } from "../auth/accounts.ts";
import type { Services } from "../services.ts";
import { publicRoute } from "./access.ts";
import type { Operation, Operations } from "./openapi/operation.ts";
import { requestContext } from "./request-context.ts";
import { SCRAPE_PATHS } from "./request-path.ts";

export function metricsRoutes({ metrics, config, logger }: Services) {
  const token = config.METRICS_TOKEN;
  const scrape = async ({ request }: { request: Request }): Promise<Response> => {
    if (token !== undefined) requireToken(request, token);
    const { text, contentType } = await metrics.render();
    return new Response(text, { headers: { "content-type": contentType } });
  };
  const access = token === undefined ? publicRoute : { detail: { security: [{ bearer: [] }] } };
  const routes = new Elysia().use(requestContext(logger));
  for (const path of SCRAPE_PATHS) routes.get(path, scrape, access);
  return routes;
}

/** @throws AppError credentials_invalid. */
function requireToken(request: Request, token: string): void {
  const header = request.headers.get("authorization") ?? "";
  const [, given = ""] = /^Bearer +(\S+) *$/i.exec(header) ?? [];
  if (!timingSafeEqual(digest(given), digest(token))) throw notAuthenticated();
}

/** Of one length for all, as the comparison needs it. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

export const metricsOperations: Operations = {
  "GET /metrics": operation("scrape", "What Prometheus scrapes"),
  "GET /api/metrics": operation("scrapeApi", "The same as `/metrics`"),
};

function operation(id: string, summary: string): Operation {
  return {
    id,
    summary,
    description: "With `METRICS_TOKEN` set, that is wanted as a bearer token.",
    tag: "Server",
    answers: {
      200: { description: "Prometheus' text format", content: { "text/plain": z.string() } },
    },
    problems: ["credentials_invalid"],
  };
}
