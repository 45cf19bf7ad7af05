/** The description of the API is what the API does. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { PASSWORD, newBearer } from "../../../../tests/accounts.ts";
import { textPdf } from "../../../../tests/fixtures/pdf.ts";
import { pageNumberOf, numberedPdf } from "../../../../tests/fixtures/numbered-pages.ts";
import { type TestServer, startServer, uploadForm } from "../../../../tests/server.ts";
import { followJob, typedClient } from "../../../../tests/typed-client.ts";
import { createApp } from "../../app.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../../engines/scripted/server.ts";
import { clientFiles } from "../client-files.ts";
import type { OpenApiDocument } from "./document.ts";

let engine: ScriptedEngineServer;
let server: TestServer;
let document: OpenApiDocument;
/** Of an account, `ada`. */
let authorization: string;

beforeAll(async () => {
  engine = await startScriptedEngine(async ({ image }) => ({
    text: `Page ${await pageNumberOf(image)}`,
  }));
  const env = { LLM_BASE_URL: engine.url, LLM_MAX_RETRIES: "0", MAX_PAGES: "5" };
  server = await startServer({ ...env, AUTH_ENABLED: "true", REGISTRATION_ENABLED: "true" });
  ({ authorization } = await newBearer(server, "ada"));
  document = await (await fetch(`${server.url}/api/openapi.json`)).json();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

test("it is a valid OpenAPI 3.1 document", async () => {
  const validator = new Validator();
  const result = await validator.validate(JSON.parse(JSON.stringify(document)));
  expect(result.errors).toBeUndefined();
  expect([result.valid, validator.version]).toEqual([true, "3.1"]);
});

test("it describes every route of the server, and no other", () => {
  const ofPage = new Set(clientFiles().routes.map(({ path }) => path));
  const mounted = createApp(server.services)
    .routes.filter(({ method, path }) => method !== "ALL" && !ofPage.has(path))
    // The typed API is described by its types.
    .filter(({ path }) => !path.startsWith("/api/trpc/"))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual([...new Set(mounted)].toSorted());
});

test("every operation has a name of its own", () => {
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

/** The document's schemas, but closed: an answer with a field that is not described is a fault. */
function closedSchemas(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const text = JSON.stringify(document, (key, value) =>
    key !== "properties" && value?.type === "object" && value.properties
      ? { additionalProperties: false, ...value }
      : value,
  );
  return ajv.addSchema(JSON.parse(text), "api");
}

const pointer = (...parts: string[]): string =>
  parts
    .map((part) => `/${encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))}`)
    .join("");

/** What is wrong with an answer by the document; empty where nothing is. */
async function faultsOf(method: string, path: string, response: Response): Promise<unknown[]> {
  const { status, headers } = response;
  const described = document.paths[path]?.[method]?.responses ?? {};
  const key = described[status] ? String(status) : "default";
  const type = headers.get("content-type")?.split(";")[0] ?? "";
  const media = described[key]?.content?.[type];
  if (described[key] && !described[key].content) return type === "" ? [] : [`${type} is too much`];
  if (!media || (key === "default" && status < 400)) return [`${status} ${type} is not described`];
  const reference = `api#${pointer("paths", path, method, "responses", key, "content", type, "schema")}`;
  const validate = closedSchemas().compile({ $ref: reference });
  const text = await response.text();
  const values = type === "application/x-ndjson" ? text.trimEnd().split("\n") : [text];
  return values.flatMap((value) =>
    validate(type.endsWith("json") ? JSON.parse(value) : value) ? [] : [value, validate.errors],
  );
}

test("it names who may use what, where people have to log in", async () => {
  const closed = document.paths["/api/users/me"]?.["get"];
  expect(closed?.security).toEqual([{ bearer: [] }, { cookie: [] }]);
  expect(document.paths["/healthz"]?.["get"]?.security).toBeUndefined();
  await using open = await startServer({ LLM_BASE_URL: engine.url });
  const described = await (await fetch(`${open.url}/api/openapi.json`)).text();
  expect(described).not.toContain('"security"');
});

describe("what the server answers is as described", () => {
  const json = (body: object, headers: Record<string, string> = {}): RequestInit => ({
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const login = { username: "ada", password: PASSWORD };
  const sameOrigin = { "sec-fetch-site": "same-origin" };
  const upload = async (file: Uint8Array, fields = {}): Promise<RequestInit> => ({
    method: "POST",
    body: uploadForm(file, fields),
  });
  test.each<[string, string, string, () => Promise<RequestInit>, number]>([
    ["pages", "post", "/api/ocr/pdf", async () => await upload(await numberedPdf(3)), 200],
    ["one text", "post", "/api/ocr/image", async () => await upload(await numberedPdf(1)), 200],
    ["a blank page", "post", "/api/ocr/image", async () => await upload(textPdf([[]])), 200],
    [
      "pages that are kept",
      "post",
      "/api/ocr/pdf",
      async () => await upload(await numberedPdf(3), { store: "true" }),
      200,
    ],
    ["an empty file", "post", "/api/ocr/image", async () => await upload(new Uint8Array(0)), 400],
    ["too many pages", "post", "/api/ocr/pdf", async () => await upload(await numberedPdf(6)), 413],
    ["a text", "post", "/api/ocr/pdf", async () => await upload(Buffer.from("text")), 415],
    ["no form", "post", "/api/ocr/pdf", async () => ({ method: "POST", body: "{}" }), 422],
    [
      "a new account",
      "post",
      "/api/auth/register",
      async () => json({ ...login, username: "bo" }),
      200,
    ],
    ["a taken name", "post", "/api/auth/register", async () => json(login), 400],
    [
      "a short password",
      "post",
      "/api/auth/register",
      async () => json({ username: "cy", password: "x" }),
      422,
    ],
    [
      "a token",
      "post",
      "/api/auth/token",
      async () => ({ method: "POST", body: new URLSearchParams(login) }),
      200,
    ],
    ["a token for JSON", "post", "/api/auth/token", async () => json(login), 415],
    ["a log-in", "post", "/api/auth/login", async () => json(login, sameOrigin), 200],
    ["a log-in of another site", "post", "/api/auth/login", async () => json(login), 403],
    [
      "a log-out",
      "post",
      "/api/auth/logout",
      async () => ({ method: "POST", headers: sameOrigin }),
      204,
    ],
    ["an account", "get", "/api/users/me", async () => ({}), 200],
    ["sums of usage", "get", "/api/users/me/usage/summary", async () => ({}), 200],
    ["usage", "get", "/api/users/me/usage", async () => ({}), 200],
    ["a table of usage", "get", "/api/users/me/usage.csv", async () => ({}), 200],
    ["self-description", "get", "/api/info", async () => ({}), 200],
    ["liveness", "get", "/healthz", async () => ({}), 200],
    ["readiness", "get", "/readyz", async () => ({}), 200],
    ["this description", "get", "/api/openapi.json", async () => ({}), 200],
    ["its page", "get", "/api/docs", async () => ({}), 200],
    ["its stylesheet", "get", "/api/docs.css", async () => ({}), 200],
  ])("%s", async (_name, method, path, init, status) => {
    const { headers, ...request } = await init();
    const all = { ...Object.fromEntries(new Headers(headers)), authorization };
    const response = await fetch(`${server.url}${path}`, { ...request, headers: all });
    expect(response.status).toBe(status);
    expect(await faultsOf(method, path, response)).toEqual([]);
  });

  test("documents as files", async () => {
    const client = typedClient(server.url, { authorization });
    const form = uploadForm(await numberedPdf(2));
    const { id: documentId } = await client.documents.upload.mutate(form);
    const base = "/api/documents/{id}";
    const faults = async (
      path: string,
      query: string,
      status: number,
      more: Record<string, string> = {},
    ): Promise<unknown[]> => {
      const address = path.replace("{id}", documentId).replace("{page}", "1") + query;
      const headers = { authorization, ...more };
      const response = await fetch(`${server.url}${address}`, { headers });
      expect([address, response.status]).toEqual([address, status]);
      return await faultsOf("get", path, response);
    };
    expect(await faults(`${base}/export`, "", 409)).toEqual([]);
    const { id } = await client.jobs.start.mutate({ documentId });
    await followJob(client, { id }).ended;
    for (const format of ["md", "txt", "json"]) {
      expect(await faults(`${base}/export`, `?format=${format}`, 200)).toEqual([]);
    }
    expect(await faults(`${base}/export`, "?format=exe", 422)).toEqual([]);
    expect(await faults(`${base}/file`, "", 200)).toEqual([]);
    expect(await faults(`${base}/file`, "", 206, { range: "bytes=0-9" })).toEqual([]);
    expect(await faults(`${base}/file`, "", 416, { range: "bytes=99999999-" })).toEqual([]);
    const image = `${base}/pages/{page}/image`;
    expect(await faults(image, "?size=100", 200)).toEqual([]);
    expect(await faults(image, "", 304, { "if-none-match": "*" })).toEqual([]);
    expect(await faults(image, "?size=1", 422)).toEqual([]);
  });

  test("callers who are not logged in", async () => {
    const response = await fetch(`${server.url}/api/users/me`);
    expect(response.status).toBe(401);
    expect(await faultsOf("get", "/api/users/me", response)).toEqual([]);
  });

  test("a server that is not ready", async () => {
    await using lonely = await startServer({ LLM_BASE_URL: "http://127.0.0.1:9/v1" });
    const response = await fetch(`${lonely.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await faultsOf("get", "/readyz", response)).toEqual([]);
  });

  test("a field or a code that is not described would be noticed", async () => {
    const problem = { type: "about:blank", title: "", status: 400, detail: "", request_id: "" };
    const answer = (body: object): Response =>
      Response.json(body, { status: 400, headers: { "content-type": "application/problem+json" } });
    const faults = async (body: object): Promise<unknown[]> =>
      await faultsOf("post", "/api/ocr/pdf", answer(body));
    expect(await faults({ ...problem, code: "file_empty" })).toEqual([]);
    expect(await faults({ ...problem, code: "not_found" })).not.toEqual([]);
    expect(await faults({ ...problem, code: "file_empty", stack: "" })).not.toEqual([]);
  });
});

describe("the page", () => {
  test("names every operation and schema, and links to nothing that is not there", async () => {
    const page = await (await fetch(`${server.url}/api/docs`)).text();
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
    for (const methods of Object.values(document.paths)) {
      for (const { operationId } of Object.values(methods)) expect(ids).toContain(operationId);
    }
    for (const name of Object.keys(document.components.schemas)) {
      expect(ids).toContain(`schema-${name}`);
    }
  });

  test("runs no script, and takes nothing from elsewhere", async () => {
    const page = await (await fetch(`${server.url}/api/docs`)).text();
    const css = await (await fetch(`${server.url}/api/docs.css`)).text();
    expect(page).not.toMatch(/<script|<style|style=|\son\w+=|https?:/);
    expect(css).not.toMatch(/@import|url\(/);
    expect(css).toContain("light-dark(");
  });
});
