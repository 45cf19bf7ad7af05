/**
 * Keeps other sites from using a visitor's cookie (cross-site request forgery). `SameSite=Strict`
 * does most of it; this also holds against other hosts of the same site, and in old browsers.
 */
import { AppError } from "../errors.ts";

/** Where a request comes from, as seen through the proxies that are trusted. */
export interface ClientInfo {
  /** Its IP address; `local` for a Unix socket. */
  address: string;
  /** What the caller has in its address bar, such as `https://ocr.example`. */
  origin: string;
  isHttps: boolean;
}

/**
 * Lets requests of our own pages through, and people who open an address. By `Sec-Fetch-Site` (W3C
 * Fetch Metadata) where the browser sends it, which it does over HTTPS and on localhost; else by
 * `Origin`, which it sends with all but plain reads.
 *
 * @throws AppError cross_site_request.
 */
export function requireSameOrigin(request: Request, client: ClientInfo): void {
  const isRead = request.method === "GET" || request.method === "HEAD";
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  if (site === "same-origin") return;
  if (site === "none" && isRead && request.headers.get("sec-fetch-mode") === "navigate") return;
  if (site === null && (origin === client.origin || (isRead && origin === null))) return;
  throw new AppError(
    "cross_site_request",
    "The request comes from another site, so the log-in of the browser does not count. Programs send a bearer token.",
  );
}
