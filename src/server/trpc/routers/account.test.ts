import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  PASSWORD,
  bearer,
  getMe,
  logIn,
  newBearer,
  refusalOf,
  register,
  requestToken,
} from "../../../../tests/accounts.ts";
import { type TestServer, startServer } from "../../../../tests/server.ts";
import { type TypedClient, failureOf, typedClient } from "../../../../tests/typed-client.ts";

const SAME_ORIGIN = { "sec-fetch-site": "same-origin" };

let server: TestServer;
let users = 0;
let name: string;
let headers: { authorization: string };
let client: TypedClient;

beforeAll(async () => {
  server = await startServer({ AUTH_ENABLED: "true" });
  await register(server, "first");
});
beforeEach(async () => {
  name = `user-${++users}`;
  headers = await newBearer(server, name);
  client = typedClient(server.url, headers);
});
afterAll(async () => await server[Symbol.asyncDispose]());

async function statusWith(credential: Record<string, string>): Promise<number> {
  return (await getMe(server, credential)).status;
}

/** The account in a browser of its own. */
async function browser(userAgent: string): Promise<{ client: TypedClient; cookie: string }> {
  const { cookie } = await logIn(server, name, { "user-agent": userAgent });
  return { client: typedClient(server.url, { cookie, ...SAME_ORIGIN }), cookie };
}

describe("one's own account", () => {
  test("says who one is, and what may be used", async () => {
    const { id } = server.services.accounts.findByUsername(name) ?? {};
    expect(await client.account.me.query()).toEqual({
      id: id ?? 0,
      username: name,
      role: "user",
      createdAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/),
      authEnabled: true,
      isAnonymous: false,
      quota: {
        monthlyPages: null,
        usedPages: 0,
        remainingPages: null,
        resetsAt: expect.stringMatching(/-01T00:00:00\.000Z$/),
      },
    });
  });

  test("gets another password: tokens and other browsers are logged out, this one is not", async () => {
    const here = await browser("here");
    const there = await browser("there");
    await here.client.account.changePassword.mutate({ current: PASSWORD, next: "battery staple" });
    expect(await statusWith(headers)).toBe(401);
    expect(await statusWith({ cookie: there.cookie, ...SAME_ORIGIN })).toBe(401);
    expect(await here.client.account.me.query()).toMatchObject({ username: name });
    expect(await refusalOf(await requestToken(server, name))).toBe("401 login_failed");
    expect((await requestToken(server, name, "battery staple")).status).toBe(200);
  });

  test("keeps its password where the current one is wrong, or the next one too short", async () => {
    const change = client.account.changePassword;
    expect(
      await failureOf(change.mutate({ current: "wrong", next: "battery staple" })),
    ).toMatchObject({ code: "password_mismatch", httpStatus: 403 });
    expect(await failureOf(change.mutate({ current: PASSWORD, next: "short" }))).toMatchObject({
      code: "validation_failed",
      errors: [{ path: "next" }],
    });
    expect(await statusWith(headers)).toBe(200);
  });

  test("is logged out everywhere at once, but for its keys", async () => {
    const { secret } = await client.account.apiKeys.create.mutate({ name: "robot" });
    const { cookie } = await browser("here");
    await client.account.logOutEverywhere.mutate();
    expect(await statusWith(headers)).toBe(401);
    expect(await statusWith({ cookie, ...SAME_ORIGIN })).toBe(401);
    expect(await statusWith(bearer(secret))).toBe(200);
  });
});

describe("API keys", () => {
  test("are told once, listed without their secret, and revoked", async () => {
    const keys = client.account.apiKeys;
    const made = await keys.create.mutate({ name: "  robot " });
    expect(made).toMatchObject({ name: "robot", lastUsedAt: null, revokedAt: null });
    expect(made.secret).toMatch(/^mo_[\w-]{43}$/);
    expect(await statusWith(bearer(made.secret))).toBe(200);
    const [listed] = await keys.list.query();
    expect(listed).toMatchObject({ id: made.id, name: "robot", lastUsedAt: expect.any(String) });
    expect(JSON.stringify(listed)).not.toContain(made.secret.slice(8));
    await keys.revoke.mutate({ id: made.id });
    expect(await statusWith(bearer(made.secret))).toBe(401);
    expect(await keys.list.query()).toMatchObject([{ revokedAt: expect.any(String) }]);
  });

  test.each([[""], ["   "], ["x".repeat(65)]])("cannot be called %p", async (wrong) => {
    const failure = await failureOf(client.account.apiKeys.create.mutate({ name: wrong }));
    expect(failure).toMatchObject({ code: "validation_failed", errors: [{ path: "name" }] });
  });

  test("of somebody else are not there", async () => {
    const { id } = await client.account.apiKeys.create.mutate({ name: "robot" });
    const stranger = typedClient(server.url, await newBearer(server, `${name}-stranger`));
    expect(await stranger.account.apiKeys.list.query()).toEqual([]);
    const failure = await failureOf(stranger.account.apiKeys.revoke.mutate({ id }));
    expect(failure).toMatchObject({ code: "not_found", httpStatus: 404 });
    expect(await client.account.apiKeys.list.query()).toMatchObject([{ revokedAt: null }]);
  });
});

describe("browser sessions", () => {
  test("are listed, the one that asks is marked, and others can be ended", async () => {
    const here = await browser("Firefox");
    const there = await browser("Chrome");
    const sessions = await here.client.account.sessions.list.query();
    const byAgent = Object.fromEntries(sessions.map((session) => [session.userAgent, session]));
    expect(byAgent).toMatchObject({
      Firefox: { isCurrent: true, address: "127.0.0.1" },
      Chrome: { isCurrent: false },
    });
    await here.client.account.sessions.revoke.mutate({ id: byAgent["Chrome"]?.id ?? "" });
    expect(await statusWith({ cookie: there.cookie, ...SAME_ORIGIN })).toBe(401);
    // A program that has a token sees it, too, and is none itself.
    expect(await client.account.sessions.list.query()).toMatchObject([{ isCurrent: false }]);
  });

  test("of somebody else are not there", async () => {
    const { client: own } = await browser("Firefox");
    const [session] = await own.account.sessions.list.query();
    const stranger = typedClient(server.url, await newBearer(server, `${name}-stranger`));
    const revoke = stranger.account.sessions.revoke.mutate({ id: session?.id ?? "" });
    expect(await failureOf(revoke)).toMatchObject({ code: "not_found" });
    expect(await own.account.sessions.list.query()).toHaveLength(1);
  });
});

test("the anonymous account has no password, keys or sessions", async () => {
  await using open = await startServer();
  const { account } = typedClient(open.url);
  expect(await account.me.query()).toMatchObject({
    username: "anonymous",
    authEnabled: false,
    isAnonymous: true,
  });
  const change = { current: "", next: "battery staple" };
  for (const call of [
    () => account.changePassword.mutate(change),
    () => account.logOutEverywhere.mutate(),
    () => account.apiKeys.create.mutate({ name: "robot" }),
  ]) {
    expect(await failureOf(call())).toMatchObject({ code: "anonymous_account", httpStatus: 403 });
  }
  expect(await account.apiKeys.list.query()).toEqual([]);
  expect(await account.sessions.list.query()).toEqual([]);
});
