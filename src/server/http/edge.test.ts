/** What holds for every answer, whichever route it is of. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sendRaw } from "../../../tests/fixtures/raw-http.ts";
import { type TestServer, startServer } from "../../../tests/server.ts";
import { type Problem, problemSchema } from "../../shared/api-errors.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server[Symbol.asyncDispose]());

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(`${server.url}${path}`, init);
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.request_id).toBe(response.headers.get("x-request-id") ?? "");
  return problem;
}

describe("addresses and methods", () => {
  test.each(["/api/nothing", "/nothing", "/api", "/api//info", "/%00", "/api/%E0%A4%A"])(
    "%s is not found, as a problem",
    async (path) => {
      expect(await problemOf(await ask(path))).toMatchObject({ status: 404, code: "not_found" });
    },
  );

  test.each([
    ["DELETE", "/api/info", "GET, HEAD, OPTIONS"],
    ["GET", "/api/ocr/pdf", "OPTIONS, POST"],
    ["HEAD", "/api/ocr/pdf", "OPTIONS, POST"],
    ["PATCH", "/api/info/", "GET, HEAD, OPTIONS"],
    ["POST", "/", "GET, HEAD, OPTIONS"],
  ])("%s %s is not allowed, and the answer tells what is", async (method, path, allow) => {
    const response = await ask(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    if (method !== "HEAD") expect((await problemOf(response)).code).toBe("method_not_allowed");
  });

  test("OPTIONS tells the methods, HEAD answers as GET without a body", async () => {
    const options = await ask("/api/info", { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
    const head = await ask("/api/info", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(head.headers.get("content-type")).toStartWith("application/json");
  });

  test.each([
    ["a host that is none is refused", "GET /api/info HTTP/1.1\r\nHost: [::no host", 400],
    ["no host is refused", "GET /api/info HTTP/1.0", 400],
    ["a short host is one", "GET /api/trpc/engines.list HTTP/1.1\r\nHost: x", 200],
    ["a probe needs none", "GET /healthz HTTP/1.0", 200],
  ])("%s", async (_name, head, status) => {
    const answer = await sendRaw(
      server.url,
      Buffer.from(`${head}\r\nConnection: close\r\n\r\n`),
      5_000,
    );
    expect(answer?.status).toBe(status);
    if (status === 400) expect(answer?.body).toContain('"request_invalid"');
  });
});

describe("headers", () => {
  test.each(["/", "/healthz", "/api/info", "/api/nothing", "/nothing"])(
    "%s lets browsers run, frame, guess and keep nothing",
    async (path) => {
      const { headers } = await ask(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|http|\*/);
      expect(Object.fromEntries(headers)).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": expect.stringContaining("camera=(self), microphone=()"),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-request-id": expect.any(String),
      });
      expect(headers.get("strict-transport-security")).toBeNull();
      expect(headers.get("access-control-allow-origin")).toBeNull();
      if (path.startsWith("/api")) expect(headers.get("cache-control")).toBe("no-store");
    },
  );

  test.each([
    ["a trusted proxy", "127.0.0.1", "max-age=31536000"],
    ["anybody", "10.0.0.0/8", null],
  ])(
    "browsers are held to HTTPS where %s says that they came by it",
    async (_who, trusted, hsts) => {
      await using proxied = await startServer({ TRUSTED_PROXIES: trusted });
      const headers = { "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7" };
      for (const path of ["/healthz", "/api/nothing"]) {
        const response = await fetch(`${proxied.url}${path}`, { headers });
        expect(response.headers.get("strict-transport-security")).toBe(hsts);
      }
    },
  );

  test("errors tell nothing of the server", async () => {
    const odd = ["/api/nothing", "/%2e%2e/%2e%2e/etc/passwd", "/assets/../../package.json"];
    for (const path of odd) {
      const text = await (await ask(path)).text();
      expect(text).not.toMatch(/node_modules|src\/server|at \w+ \(|SELECT|elysia/i);
    }
  });
});

describe("other sites", () => {
  const origin = "https://app.example.com";
  const preflight = { origin, "access-control-request-method": "POST" };

  test("may call nothing by default", async () => {
    const { headers } = await ask("/api/ocr/pdf", { method: "OPTIONS", headers: preflight });
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test.each([
    [origin, origin],
    [`https://other.example.com, ${origin}`, origin],
    ["*", "*"],
  ])(
    "may call the API where CORS_ORIGINS is %s, but not with cookies",
    async (origins, allowed) => {
      await using open = await startServer({ CORS_ORIGINS: origins });
      const url = `${open.url}/api/ocr/pdf`;
      const asked = await fetch(url, { method: "OPTIONS", headers: preflight });
      expect(asked.status).toBe(204);
      expect(asked.headers.get("access-control-allow-origin")).toBe(allowed);
      expect(asked.headers.get("access-control-allow-methods")).toContain("POST");
      expect(asked.headers.get("access-control-allow-headers")).toContain("authorization");
      const called = await fetch(url, { method: "POST", headers: { origin } });
      expect(called.headers.get("access-control-allow-origin")).toBe(allowed);
      expect(called.headers.get("access-control-expose-headers")).toContain("x-request-id");
      expect(called.headers.get("vary")).toBe(allowed === "*" ? null : "Origin");
      expect(called.headers.get("access-control-allow-credentials")).toBeNull();
    },
  );

  test("that are not named stay out", async () => {
    await using open = await startServer({ CORS_ORIGINS: origin });
    for (const stranger of ["https://evil.example.com", "null", `${origin}.evil.com`]) {
      const { headers } = await fetch(`${open.url}/api/info`, { headers: { origin: stranger } });
      expect(headers.get("access-control-allow-origin")).toBeNull();
      expect(headers.get("vary")).toBe("Origin");
    }
  });
});
