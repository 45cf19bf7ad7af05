/**
 * What every response tells browsers: run nothing, guess nothing, be framed by nobody, keep nothing.
 * A route that means otherwise sets the header in its own response, which goes before these.
 */
import { Elysia } from "elysia";
import type { Peer } from "./client-address.ts";

export interface ResponseHeaderOptions {
  /** Origins of other sites that may call the API: exact ones, or `*` for all. Mostly none. */
  corsOrigins: readonly string[];
  /** Did the caller come by https, be it to a proxy in front? */
  isHttps: (request: Request, server: Peer | null) => boolean;
}

/** Of pages: nothing inline, nothing from elsewhere. A document's text can never become code. */
export const PAGE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join("; ");

/** A year; other names below the host are none of this server's business. */
const HSTS = "max-age=31536000";
const PREFLIGHT_MAX_AGE_S = 600;

const ALWAYS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  // The page may photograph documents; everything else of a device is nobody's here.
  "permissions-policy":
    "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(), display-capture=()",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

export function responseHeaders({ corsOrigins, isHttps }: ResponseHeaderOptions) {
  return new Elysia({ name: "response-headers" }).onRequest(({ request, server, set }) => {
    Object.assign(set.headers, ALWAYS);
    if (isHttps(request, server)) set.headers["strict-transport-security"] = HSTS;
    if (corsOrigins.length > 0) Object.assign(set.headers, corsHeaders(request, corsOrigins));
  });
}

/**
 * CORS without credentials: cookies never count across origins, a token in `Authorization` does.
 * Source: https://fetch.spec.whatwg.org/#http-cors-protocol
 */
function corsHeaders(request: Request, origins: readonly string[]): Record<string, string> {
  const isForAll = origins.includes("*");
  const vary: Record<string, string> = isForAll ? {} : { vary: "Origin" };
  const origin = request.headers.get("origin");
  if (origin === null || (!isForAll && !origins.includes(origin))) return vary;
  const isPreflight =
    request.method === "OPTIONS" && request.headers.has("access-control-request-method");
  return {
    ...vary,
    "access-control-allow-origin": isForAll ? "*" : origin,
    ...(isPreflight
      ? {
          "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
          "access-control-allow-headers": "authorization, content-type, last-event-id",
          "access-control-max-age": String(PREFLIGHT_MAX_AGE_S),
        }
      : { "access-control-expose-headers": "x-request-id, retry-after" }),
  };
}
