/** `GET /api/users/me/usage`: what the caller's requests used, newest first. */
import { Elysia } from "elysia";
import type { UsageRow } from "../ocr/usage-ledger.ts";
import type { Services } from "../services.ts";
import { requestContext } from "./request-context.ts";

const MAX_ROWS = 200;

export function usageRoutes(services: Services) {
  return new Elysia()
    .use(requestContext(services.logger))
    .get("/api/users/me/usage", () =>
      services.recognition.ledger.list(services.anonymous.userId, MAX_ROWS).map(toWire),
    );
}

function toWire(row: UsageRow) {
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
