import { beforeEach, describe, expect, test } from "bun:test";
import { authTools, client, codeOf, ownerOf } from "../../../tests/fixtures/auth-tools.ts";
import type { Account } from "./account-rows.ts";
import type { Principal } from "./principal.ts";

let tools: ReturnType<typeof authTools>;
let ada: Principal;
let eve: Principal;
let account: Account;

beforeEach(async () => {
  tools = authTools();
  const make = async (username: string): Promise<Account> =>
    await tools.accounts.register({ username, password: "correct horse" }, client.address);
  account = await make("ada");
  ada = ownerOf(account);
  eve = ownerOf(await make("eve"));
});

describe("an API key", () => {
  test("is told once, and known by its beginning", () => {
    const { key, secret } = tools.apiKeys.create(ada, "my script");
    expect(secret).toMatch(/^mo_[\w-]{43}$/);
    expect(key).toMatchObject({
      name: "my script",
      prefix: `${secret.slice(0, 7)}…`,
      lastUsedAt: null,
      revokedAt: null,
    });
    const kept = tools.db.$client.query("SELECT * FROM api_keys").all();
    expect(JSON.stringify(kept)).not.toContain(secret.slice(8));
  });

  test("lets in until it is revoked, and stays in the list", () => {
    const { key, secret } = tools.apiKeys.create(ada, "script");
    expect(tools.apiKeys.use(secret)).toMatchObject({ account: { username: "ada" }, id: key.id });
    expect(tools.apiKeys.use(`${secret}x`)).toBeUndefined();
    tools.apiKeys.revoke(ada, key.id);
    expect(tools.apiKeys.use(secret)).toBeUndefined();
    const [listed] = tools.apiKeys.list(ada);
    expect(listed?.revokedAt).toBeNumber();
    tools.apiKeys.revoke(ada, key.id);
    expect(tools.apiKeys.list(ada)[0]?.revokedAt).toBe(listed?.revokedAt ?? null);
  });

  test("is its owner's alone", async () => {
    const { key, secret } = tools.apiKeys.create(ada, "script");
    expect(tools.apiKeys.list(eve)).toEqual([]);
    expect(await codeOf(() => tools.apiKeys.revoke(eve, key.id))).toBe("not_found");
    expect(tools.apiKeys.use(secret)).toBeDefined();
  });

  test("notes its use, at most once a minute", () => {
    const { secret } = tools.apiKeys.create(ada, "script");
    const lastUse = (): number => tools.apiKeys.list(ada)[0]?.lastUsedAt ?? 0;
    const age = (ms: number): void => {
      tools.db.$client.run("UPDATE api_keys SET last_used_at = last_used_at - ?", [ms]);
    };
    tools.apiKeys.use(secret);
    expect(Date.now() - lastUse()).toBeLessThan(5_000);
    age(59_000);
    const before = lastUse();
    tools.apiKeys.use(secret);
    expect(lastUse()).toBe(before);
    age(1_000);
    tools.apiKeys.use(secret);
    expect(lastUse()).toBeGreaterThan(before);
  });

  test("is one of fifty that an account may have; of revoked ones fifty are remembered", async () => {
    const ids = Array.from({ length: 50 }, (_, n) => tools.apiKeys.create(ada, `${n}`).key.id);
    expect(await codeOf(() => tools.apiKeys.create(ada, "more"))).toBe("too_many_api_keys");
    expect(await codeOf(() => tools.apiKeys.create(eve, "hers"))).toBe("none");
    for (const id of ids) tools.apiKeys.revoke(ada, id);
    for (let n = 0; n < 5; n++) tools.apiKeys.revoke(ada, tools.apiKeys.create(ada, "x").key.id);
    tools.apiKeys.create(ada, "last");
    expect(tools.apiKeys.list(ada)).toHaveLength(51);
  });

  test("is nothing for the anonymous account", async () => {
    const anonymous = ownerOf(account, { kind: "anonymous" });
    expect(await codeOf(() => tools.apiKeys.create(anonymous, "x"))).toBe("anonymous_account");
  });
});

describe("sessions", () => {
  test("are listed and ended by their owner alone", async () => {
    const secret = tools.sessions.begin(account, client);
    const [session] = tools.sessions.list(ada);
    expect(session).toMatchObject({ userAgent: client.userAgent, address: client.address });
    const id = session?.id ?? "";
    expect(tools.sessions.list(eve)).toEqual([]);
    expect(await codeOf(() => tools.sessions.revoke(eve, id))).toBe("not_found");
    expect(tools.sessions.use(secret)).toBeDefined();
    tools.sessions.revoke(ada, id);
    expect(tools.sessions.use(secret)).toBeUndefined();
    expect(await codeOf(() => tools.sessions.revoke(ada, id))).toBe("not_found");
  });

  test("of an account are fifty at most: the one used longest ago makes room", () => {
    const first = tools.sessions.begin(account, client);
    tools.db.$client.run("UPDATE sessions SET last_used_at = last_used_at - 1");
    const others = Array.from({ length: 50 }, () => tools.sessions.begin(account, client));
    expect(tools.sessions.list(ada)).toHaveLength(50);
    expect(tools.sessions.use(first)).toBeUndefined();
    expect(others.every((secret) => tools.sessions.use(secret))).toBe(true);
  });

  test("that have expired are cleared away", () => {
    tools.sessions.begin(account, client);
    tools.db.$client.run("UPDATE sessions SET expires_at = 1");
    expect(tools.sessions.list(ada)).toEqual([]);
    tools.sessions.begin(account, client);
    expect(tools.db.$client.query("SELECT count(*) FROM sessions").values()).toEqual([[1]]);
  });
});
