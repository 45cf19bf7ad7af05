/** Where Prometheus scrapes. */
export const SCRAPE_PATHS: readonly string[] = ["/metrics", "/api/metrics"];

/**
 * The path of a request, without its query. `new URL` throws for hosts that are none, and the `Host`
 * header is what the caller wrote.
 */
export function requestPath(request: Request): string {
  const { url } = request;
  const authority = url.indexOf("://");
  const start = url.indexOf("/", authority < 0 ? 0 : authority + 3);
  return start < 0 ? "/" : (/^[^?#]*/.exec(url.slice(start))?.[0] ?? "/");
}
