import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lostPage } from "./client-files.ts";

const BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";
let built: string;
let empty: string;

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), "my-ocr-client-"));
  empty = mkdtempSync(join(tmpdir(), "my-ocr-client-"));
  writeFileSync(join(built, "index.html"), "<!doctype html>the page");
});
afterAll(() => {
  for (const folder of [built, empty]) rmSync(folder, { recursive: true });
});

const asked = (path: string, accept = BROWSER, method = "GET"): Request =>
  new Request(`http://server.example${path}`, { method, headers: { accept } });

test("people who go astray get the page, as not found", async () => {
  const page = lostPage(asked("/librarry"), built);
  expect(page?.status).toBe(404);
  expect(page?.headers.get("content-type")).toStartWith("text/html");
  expect(page?.headers.get("content-security-policy")).toContain("default-src 'self'");
  expect(await page?.text()).toEndWith("the page");
});

test("programs, the API and servers without the page answer as ever", () => {
  expect(lostPage(asked("/librarry", "*/*"), built)).toBeUndefined();
  expect(lostPage(asked("/librarry", BROWSER, "POST"), built)).toBeUndefined();
  expect(lostPage(asked("/api/librarry"), built)).toBeUndefined();
  expect(lostPage(asked("/api"), built)).toBeUndefined();
  expect(lostPage(asked("/librarry"), empty)).toBeUndefined();
});
