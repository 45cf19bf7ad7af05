/** Starts that must not succeed end at once, and say why in words. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refusedStart, startServerProcess } from "./server.ts";

/** No engine is asked in these tests. */
const engine = { LLM_BASE_URL: "http://127.0.0.1:9/v1" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-start-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a server that cannot start", () => {
  test("because another one uses its data says so, and leaves that one alone", async () => {
    await using first = await startServerProcess(folder, engine);
    const { exitCode, stderr } = await refusedStart(folder, engine);
    expect(exitCode).toBe(1);
    expect(stderr.trim()).toBe(
      `My OCR cannot start: Another My OCR is using the database ${folder}/my-ocr.db. ` +
        "Stop it first, or set DATA_DIR to another folder.",
    );
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
  });

  test("because its port is taken says so", async () => {
    await using first = await startServerProcess(folder, engine);
    const other = mkdtempSync(join(tmpdir(), "my-ocr-start-"));
    try {
      const { port } = new URL(first.url);
      const { exitCode, stderr } = await refusedStart(other, { ...engine, PORT: port });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(new RegExp(`^My OCR cannot start: .*${port}.*\\n$`));
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  test("because it is configured wrongly names every mistake, a line each", async () => {
    const { exitCode, stderr } = await refusedStart(folder, {
      PORT: "eighty",
      LLM_BASE_URL: "ftp://engine",
      SECRET_KEY: "hushhu",
      LLM_EXTRA_BODY: "[1]",
    });
    expect(exitCode).toBe(2);
    const lines = stderr.trim().split("\n");
    expect(lines.map((line) => /^Configuration: (\w+): \S/.exec(line)?.[1])).toEqual([
      "PORT",
      "SECRET_KEY",
      "LLM_BASE_URL",
      "LLM_EXTRA_BODY",
    ]);
    // The value may be a secret.
    expect(stderr).not.toContain("hushhu");
  });
});
