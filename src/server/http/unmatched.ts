/**
 * Whatever no other route takes: 404 for unknown addresses, to people as a page, 405 with `Allow` for a method that the
 * address does not know, and OPTIONS, which asks for the methods.
 */
import { Elysia } from "elysia";
import { AppError } from "../errors.ts";
import { publicRoute } from "./access.ts";
import { lostPage } from "./client-files.ts";
import { requestPath } from "./request-path.ts";

interface Route {
  method: string;
  path: string;
}

/** @param routes asked for at the first such request, when all routes are mounted. */
export function unmatchedRoutes(routes: () => readonly Route[]) {
  let matchers: Matcher[] | undefined;
  return new Elysia().all(
    "/*",
    ({ request, set }) => {
      matchers ??= createMatchers(routes());
      const allowed = allowedMethods(matchers, requestPath(request));
      if (allowed.length === 0) {
        const page = lostPage(request);
        if (page) return page;
        throw notFound();
      }
      set.headers["allow"] = allowed.join(", ");
      if (request.method === "OPTIONS") return new Response(null, { status: 204 });
      throw methodNotAllowed(request.method, allowed);
    },
    { ...publicRoute, parse: "none" },
  );
}

interface Matcher {
  method: string;
  pattern: RegExp;
}

function createMatchers(routes: readonly Route[]): Matcher[] {
  return routes
    .filter((route) => route.method !== "ALL")
    .map(({ method, path }) => ({ method, pattern: patternOf(path) }));
}

/** Of a template such as `/api/jobs/:id` or `/files/*`; a slash at the end makes no difference. */
function patternOf(path: string): RegExp {
  const parts = path.split("/").map((part) => {
    if (part.startsWith(":")) return "[^/]+";
    return part === "*" ? ".*" : RegExp.escape(part);
  });
  return new RegExp(`^${parts.join("/").replace(/\/$/, "")}/?$`);
}

function allowedMethods(matchers: readonly Matcher[], path: string): string[] {
  const methods = matchers.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  if (methods.length === 0) return [];
  if (methods.includes("GET")) methods.push("HEAD");
  return [...new Set([...methods, "OPTIONS"])].toSorted();
}

function notFound(): AppError {
  return new AppError(
    "not_found",
    "There is nothing at this address. Check it against the description of the API.",
  );
}

function methodNotAllowed(method: string, allowed: readonly string[]): AppError {
  return new AppError(
    "method_not_allowed",
    `This address does not take ${method}. It takes ${allowed.join(", ")}.`,
  );
}
