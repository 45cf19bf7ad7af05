/** Counts and times every request, from its head to the end of its answer. */
import { Elysia } from "elysia";
import type { HttpRequestMetrics } from "../metrics/http-requests.ts";
import { SCRAPE_PATHS, requestPath } from "./request-path.ts";

/** The route of whatever no other one takes. */
const UNMATCHED = "/*";
/** Their names change with each build. */
const ASSETS = "/assets/";

/** Answers that stream are over when their `hold` is (see `HttpRequestMetrics`). */
export function requestMetrics(metrics: HttpRequestMetrics) {
  return new Elysia({ name: "request-metrics" })
    .onRequest(({ request }) => metrics.begin(request, SCRAPE_PATHS.includes(requestPath(request))))
    .onAfterResponse({ as: "global" }, ({ request, route, set, response }) => {
      const status = response instanceof Response ? response.status : set.status;
      metrics.end(request, { path: templateOf(route), status: Number(status ?? 200) });
    });
}

function templateOf(route: string | undefined): string | undefined {
  if (route === undefined || route === "" || route === UNMATCHED) return undefined;
  return route.startsWith(ASSETS) ? `${ASSETS}*` : route;
}
