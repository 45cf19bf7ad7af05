import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { getMe, logIn, newBearer, postJson, refusalOf, register } from "../../../tests/accounts.ts";
import { type TestServer, startServer } from "../../../tests/server.ts";
import { sessions } from "../db/schema.ts";

const DAY_MS = 24 * 3600 * 1000;
/** A proxy on the same machine that ends TLS for `https://ocr.example`. */
const THROUGH_PROXY = { "x-forwarded-proto": "https", "x-forwarded-host": "ocr.example" };

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ AUTH_ENABLED: "true", TRUSTED_PROXIES: "127.0.0.1" });
  await register(server, "ada");
});
beforeEach(() => server.services.db.delete(sessions).run());
afterAll(async () => await server[Symbol.asyncDispose]());

function rows() {
  return server.services.db.query.sessions.findMany().sync();
}

/** As though the session had been used last so long ago. */
function age(ms: number): void {
  server.services.db.run(
    sql`UPDATE sessions SET last_used_at = last_used_at - ${ms}, expires_at = expires_at - ${ms}`,
  );
}

describe("a log-in of a browser", () => {
  test("sets a cookie that scripts and other sites do not get", async () => {
    const { response } = await logIn(server, "ada", { "user-agent": "Firefox" });
    expect(await response.json()).toMatchObject({ username: "ada" });
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^session=[\w-]{43};/);
    const attributes = cookie.split("; ").slice(1).toSorted();
    expect(attributes).toEqual(["HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=Strict"]);
    expect(rows()).toMatchObject([{ userAgent: "Firefox", address: "127.0.0.1" }]);
  });

  test("over HTTPS the cookie is bound to it and to the host", async () => {
    const { response, cookie } = await logIn(server, "ada", THROUGH_PROXY);
    expect(response.headers.get("set-cookie")).toMatch(/^__Host-session=[\w-]{43};.*; Secure/);
    const own = { "sec-fetch-site": "same-origin" };
    expect((await getMe(server, { cookie, ...own, ...THROUGH_PROXY })).status).toBe(200);
    expect((await getMe(server, { cookie, ...own })).status).toBe(401);
  });

  test("what is kept opens nothing", async () => {
    const { cookie } = await logIn(server, "ada");
    const [row] = rows();
    expect(JSON.stringify(row)).not.toContain(cookie.split("=")[1]);
    for (const value of [row?.id, row?.hash]) {
      expect((await getMe(server, { cookie: `session=${value}` })).status).toBe(401);
    }
  });

  test("wrong credentials set no cookie", async () => {
    const { response } = await logIn(server, "eve");
    expect(response.headers.has("set-cookie")).toBe(false);
    expect(await refusalOf(response)).toBe("401 login_failed");
  });

  test("ends the browser's session before it", async () => {
    const { cookie } = await logIn(server, "ada");
    await logIn(server, "ada", { cookie });
    expect(rows()).toHaveLength(1);
  });

  test("lasts thirty days from its last use", async () => {
    const { cookie } = await logIn(server, "ada");
    age(29 * DAY_MS);
    expect((await getMe(server, { cookie })).status).toBe(200);
    age(29 * DAY_MS);
    expect((await getMe(server, { cookie })).status).toBe(200);
    age(30 * DAY_MS);
    expect(await refusalOf(await getMe(server, { cookie }))).toBe("401 credentials_invalid");
  });

  test("is written down at most once a minute", async () => {
    const { cookie } = await logIn(server, "ada");
    age(59_000);
    const [before] = rows();
    await getMe(server, { cookie });
    expect(rows()).toMatchObject([{ lastUsedAt: before?.lastUsedAt }]);
    age(2_000);
    await getMe(server, { cookie });
    expect(rows()[0]?.lastUsedAt).toBeGreaterThan(before?.lastUsedAt ?? Infinity);
  });

  test("logging out ends it and takes the cookie away", async () => {
    const { cookie } = await logIn(server, "ada");
    const url = `${server.url}/api/auth/logout`;
    const headers = { cookie, "sec-fetch-site": "same-origin" };
    const response = await fetch(url, { method: "POST", headers });
    expect(response.status).toBe(204);
    expect(response.headers.get("set-cookie")).toMatch(/^session=; .*Max-Age=0/);
    expect(rows()).toEqual([]);
    expect((await getMe(server, { cookie })).status).toBe(401);
    expect((await fetch(url, { method: "POST", headers })).status).toBe(204);
  });

  test.each(["session", "session=", "session=%", 'session="', "session=a; session=b", ";;=;"])(
    "the cookie %j is none",
    async (cookie) => expect((await getMe(server, { cookie })).status).toBe(401),
  );
});

describe("a cookie counts only where the request is our own page's", () => {
  const navigation = { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" };
  const refused = "403 cross_site_request";

  test.each<[string, Record<string, string>, string]>([
    ["our page", { "sec-fetch-site": "same-origin" }, "200"],
    ["an address typed in", navigation, "200"],
    ["something that is no page and no site", { "sec-fetch-site": "none" }, refused],
    ["another site", { "sec-fetch-site": "cross-site" }, refused],
    ["another site's link", { ...navigation, "sec-fetch-site": "cross-site" }, refused],
    ["another host of the site", { "sec-fetch-site": "same-site" }, refused],
    ["an old browser", {}, "200"],
    ["an old browser on another site", { origin: "https://evil.example" }, refused],
    ["a sandboxed frame", { origin: "null" }, refused],
  ])("reading from %s", async (_name, headers, expected) => {
    const { cookie } = await logIn(server, "ada");
    const response = await getMe(server, { cookie, ...headers });
    expect(response.ok ? "200" : await refusalOf(response)).toBe(expected);
  });

  test.each<[string, () => Record<string, string>, string]>([
    ["our page", () => ({ "sec-fetch-site": "same-origin" }), "200"],
    ["our page in an old browser", () => ({ origin: server.url }), "200"],
    ["another port of the host", () => ({ origin: "http://127.0.0.1:1" }), refused],
    ["another scheme", () => ({ origin: server.url.replace("http", "https") }), refused],
    ["who knows where", () => ({}), refused],
    ["an address typed in", () => navigation, refused],
    ["another site", () => ({ "sec-fetch-site": "cross-site" }), refused],
    [
      "another site that pretends",
      () => ({ "sec-fetch-site": "cross-site", origin: server.url }),
      refused,
    ],
    [
      "our page through a proxy",
      () => ({ ...THROUGH_PROXY, origin: "https://ocr.example" }),
      "200",
    ],
    [
      "another page through a proxy",
      () => ({ ...THROUGH_PROXY, origin: "https://evil.example" }),
      refused,
    ],
  ])("changing something from %s", async (_name, headersOf, expected) => {
    const headers = headersOf();
    const proxied = "x-forwarded-proto" in headers ? THROUGH_PROXY : {};
    const { cookie } = await logIn(server, "ada", proxied);
    const response = await fetch(`${server.url}/api/ocr/image`, {
      method: "POST",
      headers: { cookie, ...headers },
      body: new FormData(),
    });
    // The empty form is what is wrong with a request that was let through.
    const answer = await refusalOf(response);
    expect(answer === "422 file_missing" ? "200" : answer).toBe(expected);
  });

  test("nobody is logged in or out from another site", async () => {
    const evil = { "sec-fetch-site": "cross-site" };
    const { response } = await logIn(server, "ada", evil);
    expect(await refusalOf(response)).toBe(refused);
    const { cookie } = await logIn(server, "ada");
    const logout = await postJson(`${server.url}/api/auth/logout`, {}, { cookie, ...evil });
    expect(await refusalOf(logout)).toBe(refused);
    expect((await getMe(server, { cookie })).status).toBe(200);
  });

  test("a bearer token needs no such proof, and counts before the cookie", async () => {
    const bob = await newBearer(server, "bob");
    const { cookie } = await logIn(server, "ada");
    const headers = { ...bob, cookie, "sec-fetch-site": "cross-site" };
    expect(await (await getMe(server, headers)).json()).toMatchObject({ username: "bob" });
    const wrong = { ...headers, authorization: "Bearer wrong" };
    expect((await getMe(server, wrong)).status).toBe(401);
  });
});
