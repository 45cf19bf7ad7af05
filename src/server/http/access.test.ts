import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { newBearer } from "../../../tests/accounts.ts";
import { type TestServer, startServer } from "../../../tests/server.ts";
import { access, publicRoute, requireDeclaredAccess } from "./access.ts";

let server: TestServer;
let admin: Record<string, string>;
let user: Record<string, string>;

beforeAll(async () => {
  server = await startServer({ AUTH_ENABLED: "true" });
  admin = await newBearer(server, "ada");
  user = await newBearer(server, "bob");
});
afterAll(async () => await server[Symbol.asyncDispose]());

describe("a route", () => {
  const statusOf = async (path: string, headers: Record<string, string>): Promise<number> => {
    const app = new Elysia()
      .use(access(server.services))
      .get("/public", () => "everybody's", publicRoute)
      .get("/own", ({ principal }) => principal.username, { signedIn: true })
      .get("/admin", ({ admin }) => admin.name, { adminOnly: true });
    return (await app.handle(new Request(`http://localhost${path}`, { headers }))).status;
  };

  test.each([
    ["/public", [200, 200, 200]],
    ["/own", [401, 200, 200]],
    ["/admin", [401, 403, 200]],
  ])("%s answers strangers, users and administrators with %j", async (path, statuses) => {
    const answers = [{}, user, admin].map(async (headers) => await statusOf(path, headers));
    expect(await Promise.all(answers)).toEqual(statuses);
  });

  test("that does not say whose it is keeps the server from starting", () => {
    const app = new Elysia().get("/said", () => "", publicRoute).post("/silent", () => "");
    expect(() => requireDeclaredAccess(app)).toThrow(/who may use them: POST \/silent$/);
  });
});
