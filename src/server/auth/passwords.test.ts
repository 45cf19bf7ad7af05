import { describe, expect, test } from "bun:test";
import { codeOf } from "../../../tests/fixtures/auth-tools.ts";
import { PasswordHasher } from "./passwords.ts";

const hasher = await PasswordHasher.create();

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 9; n++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[4] ?? 0;
}

describe("passwords", () => {
  test("are Argon2id hashes with 19 MiB and two passes, each with its own salt", async () => {
    const [one, two] = [await hasher.hash("same"), await hasher.hash("same")];
    expect(one).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
    expect(one).not.toBe(two);
  });

  test.each([
    ["correct horse", "correct horse", true],
    ["correct horse", "correct horsE", false],
    ["pässword", "pa\u0308ssword", true],
    ["x".repeat(256), "x".repeat(255), false],
    ["correct horse", "", false],
    ["a\u0000b", "a\u0000c", false],
  ])("%j is opened by %j: %j", async (password, typed, expected) => {
    expect(await hasher.verify(typed, await hasher.hash(password))).toBe(expected);
  });

  test("without a hash nothing is right, and it takes as long to find out", async () => {
    const hash = await hasher.hash("correct horse");
    expect(await hasher.verify("correct horse", null)).toBe(false);
    const wrong = await medianMs(async () => await hasher.verify("wrong horse", hash));
    const unknown = await medianMs(async () => await hasher.verify("wrong horse", undefined));
    expect(unknown / wrong).toBeWithin(0.4, 2.5);
  });

  test("are hashed a few at once; whoever comes when too many wait is sent away", async () => {
    const small = await PasswordHasher.create();
    const codes = await Promise.all(
      Array.from({ length: 40 }, async () => await codeOf(async () => await small.hash("x"))),
    );
    expect(codes.filter((code) => code === "none")).toHaveLength(34);
    expect(codes.filter((code) => code === "server_busy")).toHaveLength(6);
    expect(await codeOf(async () => await small.hash("x"))).toBe("none");
  });
});
