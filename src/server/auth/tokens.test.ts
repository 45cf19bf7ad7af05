import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { type JWTPayload, decodeJwt } from "jose";
import { bearer, getMe, newBearer, refusalOf, register } from "../../../tests/accounts.ts";
import { type TestServer, startServer } from "../../../tests/server.ts";

const SECRET = "a secret of the tests";

let server: TestServer;
let claims: JWTPayload;
let authorization: string;

beforeAll(async () => {
  server = await startServer({ AUTH_ENABLED: "true", SECRET_KEY: SECRET });
  ({ authorization } = await newBearer(server, "ada"));
  claims = decodeJwt(authorization.replace("Bearer ", ""));
});
afterAll(async () => await server[Symbol.asyncDispose]());

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token by hand, so that it can be as wrong as no library would make it. */
function forge(
  change: Record<string, unknown> = {},
  { header = {}, key = SECRET, hash = "sha256" } = {},
): string {
  const unsigned = `${encode({ alg: "HS256", typ: "JWT", ...header })}.${encode({ ...claims, ...change })}`;
  return `${unsigned}.${createHmac(hash, key).update(unsigned).digest("base64url")}`;
}

async function answerTo(credential: string): Promise<string> {
  const response = await getMe(server, bearer(credential));
  if (response.ok) return "200";
  expect(response.headers.get("www-authenticate")).toBe("Bearer");
  return await refusalOf(response);
}

const nowS = (): number => Math.floor(Date.now() / 1000);
const REFUSED = "401 credentials_invalid";

describe("an access token", () => {
  test("made by hand with the right key and claims is one", async () => {
    expect(await answerTo(forge())).toBe("200");
  });

  test.each<[string, () => string]>([
    ["another key", () => forge({}, { key: "another secret" })],
    ["another name", () => forge({ sub: "eve" })],
    ["another account's id", () => forge({ uid: 99 })],
    ["an id that is text", () => forge({ uid: "1" })],
    ["an older version", () => forge({ tv: -1 })],
    ["no version", () => forge({ tv: undefined })],
    ["no expiry", () => forge({ exp: undefined })],
    ["an expiry that has passed", () => forge({ exp: nowS() - 1 })],
    ["an expiry that is text", () => forge({ exp: "never" })],
    ["a beginning to come", () => forge({ nbf: nowS() + 100 })],
    ["another issuer", () => forge({ iss: "somebody" })],
    ["no issuer", () => forge({ iss: undefined })],
    ["another audience", () => forge({ aud: "others" })],
    ["no audience", () => forge({ aud: undefined })],
    ["another type", () => forge({}, { header: { typ: "logout+jwt" } })],
    ["no type", () => forge({}, { header: { typ: undefined } })],
    ["HS512 under the same key", () => forge({}, { header: { alg: "HS512" }, hash: "sha512" })],
    ["algorithm none", () => forge({}, { header: { alg: "none" } })],
    ["an unknown critical header", () => forge({}, { header: { crit: ["x"], x: 1 } })],
    ["algorithm none and no signature", () => unsigned("none")],
    ["its signature cut off", () => unsigned("HS256")],
    ["claims exchanged under the old signature", () => exchanged()],
    ["a signature of RS256", () => signedByRsa()],
    ["nothing of a token", () => "x"],
    ["two dots alone", () => ".."],
  ])("with %s is refused", async (_name, make) => {
    expect(await answerTo(make())).toBe(REFUSED);
  });

  const unsigned = (alg: string): string => `${encode({ alg, typ: "JWT" })}.${encode(claims)}.`;

  function exchanged(): string {
    const [header, , signature] = authorization.replace("Bearer ", "").split(".");
    return `${header}.${encode({ ...claims, tv: 0, sub: "eve" })}.${signature}`;
  }

  function signedByRsa(): string {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const text = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
    return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
  }

  test.each(["Basic YWRhOmFkYQ==", "Bearer", "Bearer ", "bearer  x y", "Token x"])(
    "does not come as %j",
    async (header) => {
      const response = await getMe(server, { authorization: header });
      expect(await refusalOf(response)).toBe(REFUSED);
    },
  );

  test("comes in whatever case the scheme is written", async () => {
    const response = await getMe(server, { authorization: `bEARER ${forge()}` });
    expect(response.status).toBe(200);
  });
});

describe("the algorithm is the one that is set", () => {
  test.each(["HS384", "HS512"])("%s", async (algorithm) => {
    const old = authorization;
    await server[Symbol.asyncDispose]();
    server = await startServer({
      AUTH_ENABLED: "true",
      SECRET_KEY: "8 bytes!",
      ALGORITHM: algorithm,
    });
    await register(server, "ada");
    expect((await getMe(server, await newBearer(server, "ada"))).status).toBe(200);
    expect((await getMe(server, { authorization: old })).status).toBe(401);
    expect(await answerTo(forge({}, { key: "8 bytes!" }))).toBe(REFUSED);
  });
});
