/** The cookie of a browser session (RFC 6265bis). */
import type { ClientInfo } from "./same-origin.ts";

/** The longest that browsers keep one. The session's own end is the server's to know: it slides. */
const COOKIE_LIFETIME_S = 400 * 24 * 3600;

/** `__Host-` binds it to this host and to HTTPS, so no other host can set it; plain HTTP has no such. */
function cookieName({ isHttps }: ClientInfo): string {
  return isHttps ? "__Host-session" : "session";
}

/** What the request's session cookie holds. */
export function sessionSecretOf(request: Request, client: ClientInfo): string | undefined {
  const header = request.headers.get("cookie");
  if (header === null) return undefined;
  return new Bun.CookieMap(header).get(cookieName(client)) ?? undefined;
}

/** The `Set-Cookie` header of a new session, or, without a secret, of one that has ended. */
export function sessionCookie(client: ClientInfo, secret?: string): string {
  return new Bun.Cookie(cookieName(client), secret ?? "", {
    path: "/",
    httpOnly: true,
    secure: client.isHttps,
    sameSite: "strict",
    maxAge: secret === undefined ? 0 : COOKIE_LIFETIME_S,
  }).toString();
}
