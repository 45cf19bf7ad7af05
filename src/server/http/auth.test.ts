import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { decodeJwt, decodeProtectedHeader } from "jose";
import {
  PASSWORD,
  bearer,
  getMe,
  newBearer,
  postJson,
  refusalOf,
  register,
  requestToken,
} from "../../../tests/accounts.ts";
import { temporaryFolder } from "../../../tests/fixtures/temporary-folder.ts";
import { textImage } from "../../../tests/fixtures/images.ts";
import { type TestServer, readEvents, startServer, uploadForm } from "../../../tests/server.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../engines/scripted/server.ts";

const ISO_UTC = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

let engine: ScriptedEngineServer;
let server: TestServer;

async function restart(env: Record<string, string>): Promise<void> {
  await server[Symbol.asyncDispose]();
  server = await startServer({ LLM_BASE_URL: engine.url, ...env });
}

beforeEach(async () => {
  engine = await startScriptedEngine(() => ({ text: "read" }));
  server = await startServer({ LLM_BASE_URL: engine.url, AUTH_ENABLED: "true" });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

describe("POST /api/auth/register", () => {
  test("makes an account", async () => {
    const response = await register(server, "ada");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      username: "ada",
      id: expect.any(Number),
      created_at: expect.stringMatching(ISO_UTC),
    });
  });

  test.each(["ada", "ADA", "  ａｄａ "])("a name that is taken is refused as %j", async (name) => {
    await register(server, "Ada");
    const response = await register(server, name);
    expect(await response.clone().json()).toMatchObject({ detail: "Username already registered" });
    expect(await refusalOf(response)).toBe("400 username_taken");
  });

  test("of many that want one name at once, one gets it", async () => {
    const all = await Promise.all(
      Array.from({ length: 6 }, async () => await register(server, "one")),
    );
    expect(all.filter((response) => response.ok)).toHaveLength(1);
    expect(all.filter((response) => response.status === 400)).toHaveLength(5);
  });

  test.each([
    ["no name", { password: PASSWORD }, "username"],
    ["a blank name", { username: " \u200D ", password: PASSWORD }, "username"],
    ["a name of 65 characters", { username: "a".repeat(65), password: PASSWORD }, "username"],
    ["a control character", { username: "a\u0000b", password: PASSWORD }, "username"],
    ["text that turns round", { username: "a\u202Eb", password: PASSWORD }, "username"],
    ["half a character", { username: "a\uD800", password: PASSWORD }, "username"],
    ["a name that is a number", { username: 5, password: PASSWORD }, "username"],
    ["a short password", { username: "ada", password: "seven 7" }, "password"],
    ["a very long password", { username: "ada", password: "x".repeat(257) }, "password"],
    ["no object", [1], "object"],
  ])("%s is refused, and named", async (_name, body, field) => {
    const response = await postJson(`${server.url}/api/auth/register`, body);
    const { detail } = await response.clone().json();
    expect(await refusalOf(response)).toBe("422 validation_failed");
    expect(detail).toContain(field);
  });

  test.each(["Ünï 木 😀", "a b", "o'hara@example.org", "-", "👩‍💻", "x".repeat(64)])(
    "%j is a name, and logs in",
    async (name) => {
      expect((await register(server, name)).status).toBe(200);
      expect((await requestToken(server, name)).status).toBe(200);
    },
  );

  test("the first account is the administrator's, no other", async () => {
    expect(await (await register(server, "first")).json()).toMatchObject({ role: "admin" });
    expect(await (await register(server, "second")).json()).toMatchObject({ role: "user" });
  });

  test("is closed where REGISTRATION_ENABLED is false", async () => {
    await restart({ AUTH_ENABLED: "true", REGISTRATION_ENABLED: "false" });
    expect(await refusalOf(await register(server, "ada"))).toBe("403 registration_disabled");
  });
});

describe("POST /api/auth/token", () => {
  test("gives a token that names the account, in the form of OAuth2", async () => {
    await register(server, "Ada");
    const response = await requestToken(server, "ADA");
    const body = await response.json();
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(body).toMatchObject({ token_type: "bearer", expires_in: 3600 });
    const claims = decodeJwt(body.access_token);
    expect(claims.sub).toBe("Ada");
    expect((claims.exp ?? 0) - Date.now() / 1000).toBeWithin(3590, 3601);
    expect(decodeProtectedHeader(body.access_token)).toEqual({ alg: "HS256", typ: "JWT" });
  });

  test.each([
    ["a wrong password", "ada", "wrong horse"],
    ["an empty password", "ada", ""],
    ["an unknown name", "nobody", PASSWORD],
    ["a name that cannot be", "\u0000", PASSWORD],
    ["the anonymous account", "anonymous", PASSWORD],
  ])("%s is refused", async (_name, username, password) => {
    await register(server, "ada");
    const response = await requestToken(server, username, password);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await response.clone().json()).toMatchObject({
      detail: "Incorrect username or password",
    });
    expect(await refusalOf(response)).toBe("401 login_failed");
  });

  test("also takes a multipart form, and the grant type of the standard", async () => {
    await register(server, "ada");
    const form = new FormData();
    for (const [name, value] of Object.entries({ username: "ada", password: PASSWORD })) {
      form.append(name, value);
    }
    form.append("grant_type", "password");
    const post = async (): Promise<Response> =>
      await fetch(`${server.url}/api/auth/token`, { method: "POST", body: form });
    expect((await post()).status).toBe(200);
    form.set("grant_type", "implicit");
    expect(await refusalOf(await post())).toBe("422 validation_failed");
  });

  test("a form without a password is refused", async () => {
    const body = new URLSearchParams({ username: "ada" });
    const response = await fetch(`${server.url}/api/auth/token`, { method: "POST", body });
    expect(await refusalOf(response)).toBe("422 validation_failed");
  });

  test("guesses have to wait, and are told how long", async () => {
    await register(server, "ada");
    for (let n = 0; n < 10; n++) await requestToken(server, "ada", "a wrong guess");
    const response = await requestToken(server, "ada");
    expect(Number(response.headers.get("retry-after"))).toBeWithin(1, 301);
    expect(await refusalOf(response)).toBe("429 too_many_attempts");
  });

  test("logs in with either way to write a letter", async () => {
    await register(server, "ada", "pässword");
    const response = await requestToken(server, "ada", "pa\u0308ssword");
    expect(response.status).toBe(200);
  });
});

describe("what an account may see", () => {
  test("its name, id and time", async () => {
    const response = await getMe(server, await newBearer(server, "ada"));
    expect(await response.json()).toMatchObject({
      username: "ada",
      id: expect.any(Number),
      created_at: expect.stringMatching(ISO_UTC),
    });
  });

  test("its own usage, and nobody else's", async () => {
    const [ada, bob] = [await newBearer(server, "ada"), await newBearer(server, "bob")];
    const image = await textImage(["x"], "png");
    const response = await fetch(`${server.url}/api/ocr/image`, {
      method: "POST",
      headers: ada,
      body: uploadForm(image, { prompt: "Read" }),
    });
    await readEvents(response);
    const get = async (path: string, headers: Record<string, string>): Promise<unknown> =>
      await (await fetch(`${server.url}/api/users/me/${path}`, { headers })).json();
    expect(await get("usage", ada)).toMatchObject([{ kind: "image", meta: null }]);
    expect(await get("usage", bob)).toEqual([]);
    expect(await get("usage/summary", ada)).toEqual({
      total_events: 1,
      total_input_bytes: image.length,
      total_prompt_tokens: 10,
      total_completion_tokens: 1,
      total_prompt_chars: 4,
      total_completion_chars: 4,
    });
    expect(await get("usage/summary", bob)).toEqual({
      total_events: 0,
      total_input_bytes: 0,
      total_prompt_tokens: 0,
      total_completion_tokens: 0,
      total_prompt_chars: 0,
      total_completion_chars: 0,
    });
  });

  test.each(["/api/users/me", "/api/users/me/usage", "/api/users/me/usage/summary"])(
    "nothing of %s without a log-in",
    async (path) => {
      const response = await fetch(`${server.url}${path}`);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(await response.clone().json()).toMatchObject({
        detail: "Could not validate credentials",
      });
      expect(await refusalOf(response)).toBe("401 credentials_invalid");
    },
  );

  test("no file is taken without a log-in", async () => {
    const body = uploadForm(await textImage(["x"], "png"));
    const response = await fetch(`${server.url}/api/ocr/pdf`, { method: "POST", body });
    expect(await refusalOf(response)).toBe("401 credentials_invalid");
    expect(engine.calls).toHaveLength(0);
  });

  test("the server's description and its probes are for everybody", async () => {
    for (const path of ["/api/info", "/healthz", "/readyz", "/"]) {
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    }
  });
});

describe("while nobody has to log in", () => {
  beforeEach(async () => await restart({ ANON_USERNAME: "Everybody" }));

  test("everything runs as the anonymous account, and credentials are ignored", async () => {
    const token = await newBearer(server, "ada");
    for (const headers of [{}, token, bearer("rubbish"), { cookie: "session=rubbish" }]) {
      expect(await (await getMe(server, headers)).json()).toMatchObject({
        username: "Everybody",
        role: "user",
      });
    }
  });

  test("the anonymous account can be neither registered nor logged in to", async () => {
    expect(await refusalOf(await register(server, "everyBODY"))).toBe("400 username_taken");
    expect(await refusalOf(await requestToken(server, "Everybody", ""))).toBe("401 login_failed");
  });

  test("nobody becomes administrator", async () => {
    expect(await (await register(server, "ada")).json()).toMatchObject({ role: "user" });
  });
});

describe("the account of the configuration", () => {
  const env = { AUTH_ENABLED: "true", BOOTSTRAP_USER: "demo", BOOTSTRAP_PASS: "demo" };

  test("is made at the start as an administrator's, and keeps a password of its own", async () => {
    using folder = temporaryFolder();
    const database = join(folder.path, "test.db");
    await restart({ ...env, DATABASE_URL: database });
    const token = await (await requestToken(server, "demo", "demo")).json();
    expect(await (await getMe(server, bearer(token.access_token))).json()).toMatchObject({
      username: "demo",
      role: "admin",
    });
    await restart({ ...env, DATABASE_URL: database, BOOTSTRAP_PASS: "another one" });
    expect((await requestToken(server, "demo", "demo")).status).toBe(200);
    expect((await requestToken(server, "demo", "another one")).status).toBe(401);
    await restart({});
  });

  test("is not made while nobody has to log in", async () => {
    await restart({ ...env, AUTH_ENABLED: "false" });
    expect((await requestToken(server, "demo", "demo")).status).toBe(401);
  });
});
