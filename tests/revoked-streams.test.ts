/** Streams whose log-in ends while they run: each ends within a second, and nobody else's. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { SignJWT, decodeJwt } from "jose";
import type { Account } from "../src/server/auth/account-rows.ts";
import { AdminAccess } from "../src/server/auth/principal.ts";
import { databasePath } from "../src/server/config.ts";
import type { ScriptedAnswer } from "../src/server/engines/scripted/answer.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import type { OcrEvent } from "../src/shared/ocr-events.ts";
import { PASSWORD, bearer, getMe, logIn, newBearer } from "./accounts.ts";
import { ownerOf } from "./fixtures/auth-tools.ts";
import { textImage } from "./fixtures/images.ts";
import { type TestServer, eventsOf, startServer, uploadForm } from "./server.ts";
import { failureOf, followJob, typedClient } from "./typed-client.ts";

/** Never at its end within a test. */
const endless: ScriptedAnswer = { text: "endless ".repeat(5_000), chunkChars: 8, paceMs: 5 };
const SECRET_KEY = "a secret of the tests";
const operator = AdminAccess.ofOperator();

let engine: ScriptedEngineServer;
let server: TestServer;
let users = 0;
/** A new account for each test. */
let user: Account;
let token: { authorization: string };
let left: AbortController;

beforeAll(async () => {
  engine = await startScriptedEngine(() => endless);
  const env = { LLM_BASE_URL: engine.url, AUTH_ENABLED: "true", SECRET_KEY };
  server = await startServer(env);
  await newBearer(server, "admin");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});
beforeEach(async () => {
  left = new AbortController();
  const username = `user${++users}`;
  token = await newBearer(server, username);
  const account = server.services.accounts.findByUsername(username);
  if (!account) throw new Error("the account was not made");
  user = account;
});
afterEach(() => left.abort());

interface RunningStream {
  /** Resolves when it has ended, with its last event and how many milliseconds after `since`. */
  ended(since: number): Promise<{ last: OcrEvent | undefined; ms: number }>;
  /** So far. */
  deltas: number;
}

/** A stream that has sent its first delta. */
async function startStream(headers: Record<string, string>): Promise<RunningStream> {
  const response = await fetch(`${server.url}/api/ocr/image`, {
    method: "POST",
    headers,
    body: uploadForm(await textImage(["x"], "png")),
    signal: left.signal,
  });
  expect(response.status).toBe(200);
  const running = Promise.withResolvers<void>();
  const end = Promise.withResolvers<OcrEvent | undefined>();
  let endedAt = 0;
  const stream: RunningStream = {
    deltas: 0,
    ended: async (since) => {
      const last = await end.promise;
      return { last, ms: endedAt - since };
    },
  };
  const read = async (): Promise<void> => {
    let last: OcrEvent | undefined;
    for await (const event of eventsOf(response)) {
      last = event;
      if (event.type === "delta" && ++stream.deltas === 1) running.resolve();
    }
    endedAt = performance.now();
    end.resolve(last);
  };
  // The test leaves the streams that go on.
  read().catch(end.reject);
  end.promise.catch(() => {});
  await running.promise;
  return stream;
}

async function expectEnd(stream: RunningStream, since: number): Promise<void> {
  const { last, ms } = await stream.ended(since);
  expect(last).toMatchObject({ type: "error", code: "session_revoked" });
  expect(ms).toBeLessThan(1_000);
}

async function expectGoesOn(stream: RunningStream): Promise<void> {
  const { deltas } = stream;
  const deadline = performance.now() + 5_000;
  // More than two looks at the credentials later.
  while (stream.deltas < deltas + 200) {
    expect(performance.now()).toBeLessThan(deadline);
    await Bun.sleep(20);
  }
}

async function sessionOf(username: string): Promise<Record<string, string>> {
  const { cookie } = await logIn(server, username);
  return { cookie, "sec-fetch-site": "same-origin" };
}

function newKey(): { id: number; headers: { authorization: string } } {
  const { key, secret } = server.services.apiKeys.create(ownerOf(user), "script");
  return { id: key.id, headers: bearer(secret) };
}

/** Follows a job over the typed API; resolves when the server ends that, with its reason. */
async function followEndlessJob(headers: Record<string, string>) {
  const client = typedClient(server.url, headers);
  const form = uploadForm(await textImage(["x"], "png"));
  const { id: documentId } = await client.documents.upload.mutate(form);
  const { id } = await client.jobs.start.mutate({ documentId });
  const running = Promise.withResolvers<void>();
  const followed = followJob(client, { id }, (event) => {
    if (event.type === "delta") running.resolve();
  });
  left.signal.addEventListener("abort", () => followed.stop());
  const end = failureOf(followed.ended);
  await running.promise;
  return { id, end };
}

test("who follows a job is sent away where the account is disabled, and the job goes on", async () => {
  const { id, end } = await followEndlessJob(token);
  const since = performance.now();
  server.services.accountAdmin.setDisabled(operator, user.id, true);
  expect(await end).toMatchObject({ code: "session_revoked" });
  expect(performance.now() - since).toBeLessThan(1_000);
  expect(server.services.runner.get(id)).toBeDefined();
});

test("who follows a job by an API key is sent away where that is revoked", async () => {
  const key = newKey();
  const { end } = await followEndlessJob(key.headers);
  const since = performance.now();
  server.services.apiKeys.revoke(ownerOf(user), key.id);
  expect(await end).toMatchObject({ code: "session_revoked" });
  expect(performance.now() - since).toBeLessThan(1_000);
});

describe("a stream ends within a second where its", () => {
  test("password is changed; the one of the API key goes on, and the rows are closed", async () => {
    const [byToken, byKey] = [await startStream(token), await startStream(newKey().headers)];
    const owner = ownerOf(user);
    const passwords = { current: PASSWORD, next: "battery staple" };
    await server.services.accounts.changePassword(owner, passwords, "192.0.2.1");
    await expectEnd(byToken, performance.now());
    await expectGoesOn(byKey);
    const rows = server.services.ledger.list(user.id, 10);
    expect(rows).toMatchObject([{ state: "cancelled" }]);
    expect(rows[0]?.completionChars).toBeGreaterThan(0);
  });

  test("owner logs out everywhere", async () => {
    const other = await startStream(await newBearer(server, `other${users}`));
    const streams = [
      await startStream(token),
      await startStream(token),
      await startStream(await sessionOf(user.username)),
    ];
    server.services.accounts.logOutEverywhere(ownerOf(user));
    const since = performance.now();
    for (const stream of streams) await expectEnd(stream, since);
    await expectGoesOn(other);
  });

  test("account is disabled", async () => {
    const streams = [await startStream(token), await startStream(newKey().headers)];
    server.services.accountAdmin.setDisabled(operator, user.id, true);
    const since = performance.now();
    for (const stream of streams) await expectEnd(stream, since);
  });

  test("API key is revoked, and no other key", async () => {
    const [revoked, kept] = [newKey(), newKey()];
    const [ends, goesOn] = [await startStream(revoked.headers), await startStream(kept.headers)];
    server.services.apiKeys.revoke(ownerOf(user), revoked.id);
    await expectEnd(ends, performance.now());
    await expectGoesOn(goesOn);
  });

  test("browser logs out", async () => {
    const session = await sessionOf(user.username);
    const stream = await startStream(session);
    await fetch(`${server.url}/api/auth/logout`, { method: "POST", headers: session });
    await expectEnd(stream, performance.now());
  });

  test("session expires", async () => {
    const stream = await startStream(await sessionOf(user.username));
    server.services.db.$client.run("UPDATE sessions SET expires_at = ? WHERE user_id = ?", [
      Date.now() - 1,
      user.id,
    ]);
    await expectEnd(stream, performance.now());
  });

  test("token's version is raised by another process", async () => {
    const stream = await startStream(token);
    const path = JSON.stringify(databasePath(server.services.config));
    const script = `
      import { Database } from "bun:sqlite";
      const client = new Database(${path});
      client.run("PRAGMA busy_timeout = 5000");
      client.run("UPDATE users SET token_version = token_version + 1 WHERE id = ${user.id}");
      process.stdout.write(String(Date.now()));
    `;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    const since = Number(await new Response(child.stdout).text()) - performance.timeOrigin;
    await expectEnd(stream, since);
  });
});

test("a stream goes on where its token only expires", async () => {
  const claims = decodeJwt(token.authorization.replace("Bearer ", ""));
  const exp = Math.floor(Date.now() / 1000) + 2;
  const short = await new SignJWT({ ...claims, exp })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(SECRET_KEY));
  const stream = await startStream(bearer(short));
  while ((await getMe(server, bearer(short))).ok) await Bun.sleep(50);
  await expectGoesOn(stream);
});
