import { describe, expect, test } from "bun:test";
import { ConfigError, databasePath, describeVariables, parseConfig } from "./config.ts";

function mistakesOf(env: Record<string, string>): string[] {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe("configuration", () => {
  test("an empty environment is a working one", () => {
    const config = parseConfig({});
    expect(config).toMatchObject({
      PORT: 3000,
      AUTH_ENABLED: false,
      ANON_USERNAME: "anonymous",
      ALGORITHM: "HS256",
      ACCESS_TOKEN_EXPIRE_MINUTES: 60,
      LLM_MODEL: "deepseek-ai/DeepSeek-OCR",
      LLM_PROMPT: "Free OCR, output markdown.",
      LLM_EXTRA_BODY: {},
    });
    expect(config.LLM_BASE_URL).toBeUndefined();
  });

  test("every mistake is reported, each in a line that names its variable", () => {
    const mistakes = mistakesOf({
      PORT: "eighty",
      SECRET_KEY: "short",
      ALGORITHM: "none",
      ACCESS_TOKEN_EXPIRE_MINUTES: "0",
      LLM_EXTRA_BODY: "[1]",
      LLM_BASE_URL: "ftp://x",
      AUTH_ENABLED: "maybe",
      DATABASE_URL: "postgres://db/x",
      EMBEDDED_LANGUAGES: "de,klingon,xx",
    });
    const names = mistakes.map((line) => line.split(":")[0]);
    expect(names).toEqual([
      "PORT",
      "DATABASE_URL",
      "SECRET_KEY",
      "ALGORITHM",
      "ACCESS_TOKEN_EXPIRE_MINUTES",
      "AUTH_ENABLED",
      "LLM_BASE_URL",
      "LLM_EXTRA_BODY",
      "EMBEDDED_LANGUAGES",
    ]);
    expect(mistakes.every((line) => !line.includes("\n"))).toBe(true);
  });

  test("languages are a list of codes, all of them where none is given", () => {
    const languagesOf = (env: Record<string, string>): string[] =>
      parseConfig(env).EMBEDDED_LANGUAGES;
    expect(languagesOf({ EMBEDDED_LANGUAGES: "en, de" })).toEqual(["en", "de"]);
    expect(languagesOf({})).toEqual(["en", "zh", "de", "fr", "es", "it", "nl"]);
  });

  test("proxies are addresses and networks of both kinds", () => {
    const { TRUSTED_PROXIES } = parseConfig({ TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/8,fd00::/8" });
    expect(TRUSTED_PROXIES.map(([network, bits]) => `${network.toString()}/${bits}`)).toEqual([
      "127.0.0.1/32",
      "10.0.0.0/8",
      "fd00::/8",
    ]);
    for (const wrong of ["proxy", "10.0.0.0/33", "1.2.3.4,", "*", "10/8", "0x7f.1"]) {
      expect(mistakesOf({ TRUSTED_PROXIES: wrong })).toHaveLength(1);
    }
  });

  test("an account to begin with has a name that can be one, and is not the anonymous one", () => {
    const env = { AUTH_ENABLED: "true", BOOTSTRAP_PASS: "a password" };
    expect(mistakesOf({ ...env, BOOTSTRAP_USER: "a\u0000b" })).toEqual([
      "BOOTSTRAP_USER: must have no control characters",
    ]);
    expect(mistakesOf({ ...env, BOOTSTRAP_USER: "Anonymous" })).toHaveLength(1);
    expect(mistakesOf({ ...env, BOOTSTRAP_USER: "demo" })).toEqual([]);
  });

  test("an empty variable counts as unset", () => {
    expect(parseConfig({ PORT: "", LLM_BASE_URL: "  " }).PORT).toBe(3000);
  });

  test.each([
    ["sqlite:////var/lib/ocr.db", "/var/lib/ocr.db"],
    ["sqlite:///./x/ocr.db", `${process.cwd()}/x/ocr.db`],
    ["file:/var/lib/ocr.db", "/var/lib/ocr.db"],
    ["/var/lib/ocr.db", "/var/lib/ocr.db"],
  ])("DATABASE_URL=%s is the file %s", (url, path) => {
    expect(databasePath(parseConfig({ DATABASE_URL: url }))).toBe(path);
  });

  test("every variable is described", () => {
    for (const variable of describeVariables()) expect(variable.description).toMatch(/\.$/);
  });
});
