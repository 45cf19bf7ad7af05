/** `/api/users/me/usage`: what the caller's requests used, newest first, and their sums. */
import { Elysia } from "elysia";
import { z } from "zod";
import { type UsageRowOnWire, usageListSchema, usageSummarySchema } from "../../shared/usage.ts";
import type { UsageRow } from "../ocr/usage-ledger.ts";
import type { Services } from "../services.ts";
import { access } from "./access.ts";
import type { Operations } from "./openapi/operation.ts";
import { usageCsvResponse } from "./usage-csv.ts";

const MAX_ROWS = 200;

export function usageRoutes(services: Services) {
  const { ledger, metrics } = services;
  return new Elysia()
    .use(access(services))
    .get(
      "/api/users/me/usage",
      ({ principal }) => ledger.list(principal.userId, MAX_ROWS).map(toWire),
      { signedIn: true },
    )
    .get(
      "/api/users/me/usage/summary",
      ({ principal }) => {
        const sums = ledger.summarize(principal.userId);
        return {
          total_events: sums.events,
          total_input_bytes: sums.inputBytes,
          total_prompt_tokens: sums.promptTokens,
          total_completion_tokens: sums.completionTokens,
          total_prompt_chars: sums.promptChars,
          total_completion_chars: sums.completionChars,
        };
      },
      { signedIn: true },
    )
    .get(
      "/api/users/me/usage.csv",
      ({ principal, request }) => {
        const held = metrics.http.hold(request);
        return usageCsvResponse(ledger, principal.userId, () => held[Symbol.dispose]());
      },
      { signedIn: true },
    );
}

export const usageOperations: Operations = {
  "GET /api/users/me/usage": {
    id: "listUsage",
    summary: "What the last requests used, newest first",
    description: `Requests that have ended, ${MAX_ROWS} at most.`,
    tag: "Usage",
    answers: {
      200: { description: "The requests", content: { "application/json": usageListSchema } },
    },
  },
  "GET /api/users/me/usage/summary": {
    id: "sumUsage",
    summary: "The sums of all requests",
    tag: "Usage",
    answers: {
      200: { description: "The sums", content: { "application/json": usageSummarySchema } },
    },
  },
  "GET /api/users/me/usage.csv": {
    id: "exportUsage",
    summary: "All requests as a table",
    description:
      "Requests that have ended, newest first: CSV with a line of names, as in RFC 4180. What a spreadsheet would take for a formula has an apostrophe before it.",
    tag: "Usage",
    answers: { 200: { description: "The table", content: { "text/csv": z.string() } } },
  },
};

function toWire(row: UsageRow): UsageRowOnWire {
  return {
    id: row.id,
    kind: row.kind,
    prompt_chars: row.promptChars,
    completion_chars: row.completionChars,
    prompt_tokens: row.promptTokens,
    completion_tokens: row.completionTokens,
    input_bytes: row.inputBytes,
    meta: row.kind === "pdf" ? `pages=${row.pages}` : null,
    created_at: new Date(row.createdAt).toISOString(),
    // Beyond the original rows:
    request_id: row.requestId,
    state: row.state,
    estimated: row.estimated,
    engine: row.engine,
    model: row.model,
    pages: row.pages,
    failed_pages: row.failedPages,
  };
}
