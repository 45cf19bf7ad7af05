import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { getMe, newBearer, requestToken } from "../../../../tests/accounts.ts";
import { numberedPdf } from "../../../../tests/fixtures/numbered-pages.ts";
import { type TestServer, readEvents, startServer, uploadForm } from "../../../../tests/server.ts";
import { type TypedClient, failureOf, typedClient } from "../../../../tests/typed-client.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../../engines/scripted/server.ts";

let engine: ScriptedEngineServer;
let server: TestServer;
let admin: TypedClient;

beforeAll(async () => {
  engine = await startScriptedEngine(() => ({ text: "text" }));
  server = await startServer({ AUTH_ENABLED: "true", LLM_BASE_URL: engine.url });
  admin = typedClient(server.url, await newBearer(server, "root"));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function read(headers: Record<string, string>, pages: number): Promise<void> {
  const body = uploadForm(await numberedPdf(pages));
  await readEvents(await fetch(`${server.url}/api/ocr/pdf`, { method: "POST", headers, body }));
}

describe("administrators", () => {
  test("see all accounts, a page at a time, with what they have had read this month", async () => {
    const headers = await newBearer(server, "reader");
    await read(headers, 2);
    const first = await admin.admin.users.list.query({ limit: 1 });
    expect(first.items).toMatchObject([{ username: "root", role: "admin", pagesThisMonth: 0 }]);
    const rest = await admin.admin.users.list.query({ cursor: first.nextCursor });
    expect(rest.items).toMatchObject([
      { username: "reader", role: "user", disabledAt: null, pagesThisMonth: 2 },
    ]);
    expect(rest.nextCursor).toBeUndefined();
    expect(await admin.admin.usageByUser.query({ days: 1 })).toMatchObject([
      { username: "reader", requests: 1, pages: 2, failedPages: 0 },
    ]);
  });

  test("make accounts, give them roles and passwords, and disable them", async () => {
    const { users } = admin.admin;
    const made = await users.create.mutate({ username: "ada", password: "correct horse" });
    expect(made).toMatchObject({ username: "ada", role: "user" });
    const userId = made.id;
    const headers = await newBearer(server, "ada");
    const ada = typedClient(server.url, headers);
    expect(await users.setRole.mutate({ userId, role: "admin" })).toMatchObject({ role: "admin" });
    expect((await ada.admin.users.list.query({})).items.length).toBeGreaterThan(1);
    await users.resetPassword.mutate({ userId, password: "battery staple" });
    expect((await getMe(server, headers)).status).toBe(401);
    expect((await requestToken(server, "ada", "battery staple")).status).toBe(200);
    const disabled = await users.setDisabled.mutate({ userId, disabled: true });
    expect(disabled.disabledAt).toEqual(expect.any(String));
    expect((await requestToken(server, "ada", "battery staple")).status).toBe(401);
    await users.setDisabled.mutate({ userId, disabled: false });
    expect((await requestToken(server, "ada", "battery staple")).status).toBe(200);
  });

  test("are told what cannot be done", async () => {
    const { users } = admin.admin;
    const root = (await admin.account.me.query()).id;
    const taken = users.create.mutate({ username: "ROOT", password: "correct horse" });
    expect(await failureOf(taken)).toMatchObject({ code: "username_taken" });
    const nobody = users.setDisabled.mutate({ userId: 999_999, disabled: true });
    expect(await failureOf(nobody)).toMatchObject({ code: "not_found" });
    await using lonely = await startServer({ AUTH_ENABLED: "true" });
    const only = typedClient(lonely.url, await newBearer(lonely, "root"));
    const last = only.admin.users.setRole.mutate({ userId: root, role: "user" });
    expect(await failureOf(last)).toMatchObject({ code: "last_admin", httpStatus: 409 });
  });

  test("alone may do that", async () => {
    const user = typedClient(server.url, await newBearer(server, "mallory"));
    const { id } = await user.account.me.query();
    for (const call of [
      () => user.admin.users.list.query({}),
      () => user.admin.users.create.mutate({ username: "eve", password: "correct horse" }),
      () => user.admin.users.setDisabled.mutate({ userId: id, disabled: false }),
      () => user.admin.users.setRole.mutate({ userId: id, role: "admin" }),
      () => user.admin.users.resetPassword.mutate({ userId: id, password: "battery staple" }),
      () => user.admin.usageByUser.query({ days: 1 }),
    ]) {
      expect(await failureOf(call())).toMatchObject({ code: "admin_required", httpStatus: 403 });
    }
    expect(await user.account.me.query()).toMatchObject({ role: "user" });
  });
});
