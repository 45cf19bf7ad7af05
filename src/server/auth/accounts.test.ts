import { beforeEach, describe, expect, test } from "bun:test";
import { authTools, client, codeOf, ownerOf } from "../../../tests/fixtures/auth-tools.ts";
import type { Account } from "./account-rows.ts";
import { AdminAccess } from "./principal.ts";

const PASSWORD = "correct horse";
const operator = AdminAccess.ofOperator();

let tools: ReturnType<typeof authTools>;
let ada: Account;
let bob: Account;

beforeEach(async () => {
  tools = authTools();
  ada = await register("ada");
  bob = await register("bob");
});

async function register(username: string): Promise<Account> {
  return await tools.accounts.register({ username, password: PASSWORD }, client.address);
}

async function logIn(username: string, password = PASSWORD): Promise<Account> {
  return await tools.accounts.logIn({ username, password }, client.address);
}

/** Which of the sessions still let somebody in. */
const open = (...secrets: string[]): boolean[] =>
  secrets.map((secret) => tools.sessions.use(secret) !== undefined);

describe("changing the password", () => {
  const change = async (
    owner = ownerOf(ada),
    current = PASSWORD,
    next = "battery staple",
  ): Promise<void> => await tools.accounts.changePassword(owner, { current, next }, client.address);

  test("wants the current one", async () => {
    expect(await codeOf(async () => await change(ownerOf(ada), "wrong horse"))).toBe(
      "password_mismatch",
    );
    expect((await logIn("ada")).tokenVersion).toBe(0);
  });

  test("ends tokens and other sessions, and keeps API keys and the session that asks", async () => {
    const [own, other, bobs] = [ada, ada, bob].map((account) =>
      tools.sessions.begin(account, client),
    );
    const { secret } = tools.apiKeys.create(ownerOf(ada), "script");
    const id = tools.sessions.use(own ?? "")?.id ?? "";
    await change(ownerOf(ada, { kind: "session", id }));
    expect(open(own ?? "", other ?? "", bobs ?? "")).toEqual([true, false, true]);
    expect(tools.apiKeys.use(secret)).toBeDefined();
    expect(await codeOf(async () => await logIn("ada"))).toBe("login_failed");
    expect((await logIn("ada", "battery staple")).tokenVersion).toBe(1);
    expect((await logIn("bob")).tokenVersion).toBe(0);
  });

  test("of two changes at once, one is made", async () => {
    const codes = await Promise.all([
      codeOf(async () => await change(ownerOf(ada), PASSWORD, "the first one")),
      codeOf(async () => await change(ownerOf(ada), PASSWORD, "the second one")),
    ]);
    expect(codes.toSorted()).toEqual(["none", "password_mismatch"]);
  });

  test("is guarded as log-ins are", async () => {
    const guess = async (): Promise<string> =>
      await codeOf(async () => await change(ownerOf(ada), "a wrong guess"));
    const codes: string[] = [];
    for (let n = 0; n < 11; n++) codes.push(await guess());
    expect(new Set(codes.slice(0, 10))).toEqual(new Set(["password_mismatch"]));
    expect(codes[10]).toBe("too_many_attempts");
  });
});

test("logging out everywhere ends all tokens and sessions of the one account", async () => {
  const [adas, bobs] = [ada, bob].map((account) => tools.sessions.begin(account, client));
  tools.accounts.logOutEverywhere(ownerOf(ada));
  expect(open(adas ?? "", bobs ?? "")).toEqual([false, true]);
  expect((await logIn("ada")).tokenVersion).toBe(1);
});

test("no session begins for a log-in from before the password was changed", async () => {
  const before = await logIn("ada");
  await tools.accountAdmin.resetPassword(operator, ada.id, "battery staple");
  expect(await codeOf(() => tools.sessions.begin(before, client))).toBe("login_failed");
});

describe("administrators", () => {
  test("are those with the role", async () => {
    expect(AdminAccess.of(ownerOf(ada)).name).toBe("ada");
    expect(await codeOf(() => AdminAccess.of(ownerOf(bob)))).toBe("admin_required");
  });

  test("disable an account: nothing of it works, and log-ins have to be made anew", async () => {
    const session = tools.sessions.begin(bob, client);
    const { secret } = tools.apiKeys.create(ownerOf(bob), "script");
    const disabled = tools.accountAdmin.setDisabled(operator, bob.id, true);
    expect(disabled.disabledAt).toBeNumber();
    expect(open(session)).toEqual([false]);
    expect(tools.apiKeys.use(secret)).toBeUndefined();
    expect(await codeOf(async () => await logIn("bob"))).toBe("login_failed");
    expect(tools.accountAdmin.setDisabled(operator, bob.id, false).disabledAt).toBeNull();
    expect(open(session)).toEqual([false]);
    expect(tools.apiKeys.use(secret)).toBeDefined();
    expect((await logIn("bob")).tokenVersion).toBe(1);
  });

  test("cannot disable the last active one of them", async () => {
    const disable = (id: number) => () => tools.accountAdmin.setDisabled(operator, id, true);
    expect(await codeOf(disable(ada.id))).toBe("last_admin");
    const eve = await tools.accountAdmin.create(
      operator,
      { username: "eve", password: PASSWORD },
      "admin",
    );
    expect(await codeOf(disable(ada.id))).toBe("none");
    expect(await codeOf(disable(ada.id))).toBe("none");
    expect(await codeOf(disable(eve.id))).toBe("last_admin");
  });

  test("make others administrators, and take it back unless it is the last one's", async () => {
    const { accountAdmin } = tools;
    expect(accountAdmin.setRole(operator, bob.id, "admin").role).toBe("admin");
    expect(accountAdmin.setRole(operator, ada.id, "user").role).toBe("user");
    expect(await codeOf(() => accountAdmin.setRole(operator, bob.id, "user"))).toBe("last_admin");
    expect((await logIn("bob")).role).toBe("admin");
  });

  test("reset a password, which ends tokens and sessions", async () => {
    const session = tools.sessions.begin(bob, client);
    await tools.accountAdmin.resetPassword(operator, bob.id, "battery staple");
    expect(open(session)).toEqual([false]);
    expect((await logIn("bob", "battery staple")).tokenVersion).toBe(1);
  });

  test("have no power over the anonymous account", async () => {
    const anonymous = authTools({ AUTH_ENABLED: "false" });
    anonymous.db.$client.run(
      "INSERT INTO users (id, username, username_key, created_at) VALUES (9, 'anonymous', 'anonymous', 1)",
    );
    const { accountAdmin } = anonymous;
    const reset = async (): Promise<void> =>
      await accountAdmin.resetPassword(operator, 9, PASSWORD);
    expect(await codeOf(reset)).toBe("not_found");
    expect(await codeOf(() => accountAdmin.setDisabled(operator, 9, true))).toBe("not_found");
    expect(accountAdmin.list(operator, { limit: 5 }).accounts).toEqual([]);
  });

  test("list the accounts page by page, without what is secret", async () => {
    await register("cy");
    const first = tools.accountAdmin.list(operator, { limit: 2 });
    expect(first.accounts.map(({ username }) => username)).toEqual(["ada", "bob"]);
    expect(JSON.stringify(first)).not.toContain("argon2");
    const { nextCursor = -1 } = first;
    const last = tools.accountAdmin.list(operator, { cursor: nextCursor, limit: 2 });
    expect(last.accounts.map(({ username }) => username)).toEqual(["cy"]);
    expect(last.nextCursor).toBeUndefined();
  });

  test("make accounts whether registration is open or not", async () => {
    tools = authTools({ REGISTRATION_ENABLED: "false" });
    const account = { username: "dee", password: PASSWORD };
    expect(await codeOf(async () => await register("dee"))).toBe("registration_disabled");
    expect(await tools.accountAdmin.create(operator, account)).toMatchObject({ role: "user" });
    const again = async (): Promise<Account> => await tools.accountAdmin.create(operator, account);
    expect(await codeOf(again)).toBe("username_taken");
    const anonymous = { ...account, username: "Anonymous" };
    const taken = async (): Promise<Account> =>
      await tools.accountAdmin.create(operator, anonymous);
    expect(await codeOf(taken)).toBe("username_taken");
  });
});
