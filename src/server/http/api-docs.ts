/** The API's description: `/api/openapi.json` for programs, `/api/docs` for people. */
import { Elysia } from "elysia";
import { z } from "zod";
import colours from "../../client/colours.css" with { type: "text" };
import type { Services } from "../services.ts";
import { version } from "../version.ts";
import { type MountedRoute, needsLogin, publicRoute } from "./access.ts";
import layout from "./openapi/docs.css" with { type: "text" };
import { type OpenApiDocument, createDocument } from "./openapi/document.ts";
import type { Operations } from "./openapi/operation.ts";
import { renderDocument } from "./openapi/page.ts";
import { requestContext } from "./request-context.ts";
import { PAGE_POLICY } from "./response-headers.ts";

const STYLESHEET = "/api/docs.css";

/**
 * @param described the operations of all other routes.
 * @param routes asked for at the first request, when all are mounted.
 */
export function apiDocsRoutes(
  services: Services,
  described: Operations,
  routes: () => readonly MountedRoute[],
) {
  let document: OpenApiDocument | undefined;
  const load = (): OpenApiDocument => {
    const closed = new Set(
      routes()
        .filter(needsLogin)
        .map(({ method, path }) => `${method} ${path}`),
    );
    const isClosed = (route: string): boolean => isAuthEnabled && closed.has(route);
    const operations = { ...described, ...apiDocsOperations };
    return (document ??= createDocument(operations, { version, needsLogin: isClosed }));
  };
  let page: string | undefined;
  const { AUTH_ENABLED: isAuthEnabled } = services.config;
  return new Elysia()
    .use(requestContext(services.logger))
    .get("/api/openapi.json", load, publicRoute)
    .get(
      "/api/docs",
      () => fileResponse("text/html; charset=utf-8", (page ??= renderDocument(load(), STYLESHEET))),
      publicRoute,
    )
    .get(
      STYLESHEET,
      () => fileResponse("text/css; charset=utf-8", `${colours}\n${layout}`),
      publicRoute,
    );
}

function fileResponse(type: string, text: string): Response {
  const headers = { "content-type": type, "content-security-policy": PAGE_POLICY };
  return new Response(text, { headers });
}

const apiDocsOperations: Operations = {
  "GET /api/openapi.json": {
    id: "describe",
    summary: "This description, for programs",
    tag: "Server",
    answers: {
      200: {
        description: "An OpenAPI 3.1 document",
        content: { "application/json": z.object({ openapi: z.string() }).loose() },
      },
    },
  },
  "GET /api/docs": {
    id: "describeToPeople",
    summary: "This description, for people",
    tag: "Server",
    answers: { 200: { description: "A page", content: { "text/html": z.string() } } },
  },
  "GET /api/docs.css": {
    id: "styleDescription",
    summary: "How the page looks",
    tag: "Server",
    answers: { 200: { description: "A stylesheet", content: { "text/css": z.string() } } },
  },
};
