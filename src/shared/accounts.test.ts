import { describe, expect, test } from "bun:test";
import { newAccountSchema, usernameKey } from "./accounts.ts";

describe("names", () => {
  test.each([
    ["Ada", "ADA"],
    ["Straße", "STRASSE"],
    ["ΣΊΣΥΦΟΣ", "σίσυφος"],
    ["ａｄａ", "ada"],
    ["ﬁn", "fin"],
    ["e\u0301ve", "éve"],
    ["ad\u200Da", "ada"],
    [" ada\t", "ada"],
  ])("%j and %j are one", (one, other) => expect(usernameKey(one)).toBe(usernameKey(other)));

  test.each([
    ["ada", "adá"],
    ["ada", "аda"],
    ["ada", "a da"],
  ])("%j and %j are two", (one, other) => expect(usernameKey(one)).not.toBe(usernameKey(other)));

  test("are kept as they were written, but for blanks and compatibility forms", () => {
    const parsed = newAccountSchema.parse({ username: "  Ａda 木 ", password: "correct horse" });
    expect(parsed.username).toBe("Ada 木");
  });

  test("count characters, not their halves", () => {
    const password = "correct horse";
    expect(newAccountSchema.safeParse({ username: "😀".repeat(64), password }).success).toBe(true);
    expect(newAccountSchema.safeParse({ username: "😀".repeat(65), password }).success).toBe(false);
  });
});
