import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { AppError } from "../errors.ts";
import { readForm, readJson } from "./body.ts";

const account = z.strictObject({
  username: z.string().min(3),
  tags: z.array(z.string()).default([]),
});
const limits = { maxBytes: 100, timeoutMs: 100 };

function post(type: string | undefined, body: BodyInit): Request {
  const headers = new Headers();
  if (type !== undefined) headers.set("content-type", type);
  return new Request("http://localhost/", { method: "POST", headers, body });
}

async function refusal(result: Promise<unknown>): Promise<AppError> {
  try {
    await result;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("the body was taken");
}

describe("JSON bodies", () => {
  test.each(["application/json", "application/json; charset=utf-8", "application/ld+json"])(
    "%s is read",
    async (type) => {
      const body = await readJson(post(type, '{"username":"ada"}'), account);
      expect(body).toEqual({ username: "ada", tags: [] });
    },
  );

  test.each<[string, string | undefined, BodyInit, string, number]>([
    ["another type", "text/plain", '{"username":"ada"}', "content_type_unsupported", 415],
    ["no type", undefined, new TextEncoder().encode("{}"), "content_type_unsupported", 415],
    ["no JSON", "application/json", '{"username":', "body_malformed", 400],
    ["nothing", "application/json", "", "body_malformed", 400],
    ["no UTF-8", "application/json", new Uint8Array([34, 255, 34]), "body_malformed", 400],
    ["a hundred brackets", "application/json", "[".repeat(99), "body_malformed", 400],
    ["a long body", "application/json", `"${"x".repeat(100)}"`, "body_too_large", 413],
    ["a wrong field", "application/json", '{"username":"a"}', "validation_failed", 422],
  ])("%s is refused", async (_name, type, body, code, status) => {
    const error = await refusal(readJson(post(type, body), account, limits));
    expect(error).toMatchObject({ code, status });
    expect(error.message).toMatch(/\.$/);
  });

  test("a long body without a length is left at the limit", async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull: (stream) => stream.enqueue(new Uint8Array(10).fill(32 + (pulled++ % 2))),
    });
    const error = await refusal(readJson(post("application/json", endless), account, limits));
    expect(error.code).toBe("body_too_large");
    expect(pulled).toBeLessThan(20);
  });

  test("a body that does not end is left after the time-out", async () => {
    const silent = new ReadableStream({ pull: async () => await new Promise(() => {}) });
    const error = await refusal(readJson(post("application/json", silent), account, limits));
    expect(error.code).toBe("upload_timeout");
  });

  test("every wrong field is named, unknown ones too", async () => {
    const body = '{"username":"a","tags":["x",7],"admin":true,"root":1}';
    const error = await refusal(readJson(post("application/json", body), account));
    expect(error.errors?.map(({ path }) => path)).toEqual(["username", "tags[1]", "admin", "root"]);
    expect(error.message).toStartWith('The field "username" is wrong: ');
    expect(error.message).toContain("3 more");
  });

  test("a body full of mistakes gets a short answer", async () => {
    const body = JSON.stringify({ username: "ada", tags: Array(10_000).fill(0) });
    const error = await refusal(readJson(post("application/json", body), account));
    expect(error.errors).toHaveLength(32);
  });
});

describe("forms", () => {
  const login = z.object({ username: z.string(), password: z.string() });

  test("urlencoded and multipart are the same", async () => {
    const form = new FormData();
    form.set("username", "ada");
    form.set("password", "ü +&");
    form.set("file", new Blob(["left out"]));
    const multipart = new Request("http://localhost/", { method: "POST", body: form });
    const encoded = new URLSearchParams({ username: "ada", password: "ü +&" });
    const urlencoded = new Request("http://localhost/", { method: "POST", body: encoded });
    const fields = { username: "ada", password: "ü +&" };
    expect(await readForm(multipart, login)).toEqual(fields);
    expect(await readForm(urlencoded, login)).toEqual(fields);
  });

  test.each<[string, string, string, string]>([
    ["JSON", "application/json", "{}", "content_type_unsupported"],
    ["multipart without a boundary", "multipart/form-data", "x", "content_type_unsupported"],
    ["a broken multipart", "multipart/form-data; boundary=b", "--b\r\nx", "body_malformed"],
    ["a missing field", "application/x-www-form-urlencoded", "username=ada", "validation_failed"],
  ])("%s is refused", async (_name, type, body, code) => {
    expect(await refusal(readForm(post(type, body), login, limits))).toMatchObject({ code });
  });
});
