import { describe, expect, test } from "bun:test";
import { codeOf } from "../../../tests/fixtures/auth-tools.ts";
import { AppError } from "../errors.ts";
import { AttemptLimits } from "./attempt-limits.ts";

const wrong = async (): Promise<boolean> => await Promise.resolve(false);
const right = async (): Promise<boolean> => await Promise.resolve(true);

/** The codes of so many attempts one after the other. */
async function attempts(
  count: number,
  attempt: (n: number) => Promise<unknown>,
): Promise<Record<string, number>> {
  const codes: Record<string, number> = {};
  for (let n = 0; n < count; n++) {
    const code = await codeOf(async () => await attempt(n));
    codes[code] = (codes[code] ?? 0) + 1;
  }
  return codes;
}

describe("log-ins that fail", () => {
  test("ten times at one account from one address have to wait", async () => {
    const limits = new AttemptLimits();
    const fail = async (): Promise<boolean> => await limits.logIn("Ada", "192.0.2.1", wrong);
    expect(await attempts(12, fail)).toEqual({ none: 10, too_many_attempts: 2 });
    const error: unknown = await limits.logIn("ADA", "192.0.2.1", right).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    if (error instanceof AppError) expect(error.retryAfterS).toBeWithin(1, 301);
    // Its owner elsewhere, and others here, notice nothing.
    expect(await limits.logIn("ada", "192.0.2.2", right)).toBe(true);
    expect(await limits.logIn("bob", "192.0.2.1", right)).toBe(true);
  });

  test("all at once gain nothing", async () => {
    const limits = new AttemptLimits();
    const codes = await Promise.all(
      Array.from({ length: 30 }, async () =>
        codeOf(async () => await limits.logIn("ada", "192.0.2.1", wrong)),
      ),
    );
    expect(codes.filter((code) => code === "none")).toHaveLength(10);
  });

  test("from many addresses have to wait, but not where the owner has logged in before", async () => {
    const limits = new AttemptLimits();
    await limits.logIn("ada", "198.51.100.1", right);
    const fail = async (n: number): Promise<boolean> =>
      await limits.logIn("ada", `192.0.2.${n}`, wrong);
    expect(await attempts(65, fail)).toEqual({ none: 60, too_many_attempts: 5 });
    expect(await limits.logIn("ada", "198.51.100.1", right)).toBe(true);
    expect(await codeOf(async () => await limits.logIn("ada", "198.51.100.2", right))).toBe(
      "too_many_attempts",
    );
  });

  test("at many accounts from one network have to wait", async () => {
    const limits = new AttemptLimits();
    const fail = async (n: number): Promise<boolean> =>
      await limits.logIn(`user${n}`, `2001:db8:0:1::${n}`, wrong);
    expect(await attempts(103, fail)).toEqual({ none: 100, too_many_attempts: 3 });
    expect(await limits.logIn("ada", "2001:db8:0:2::1", right)).toBe(true);
  });
});

test("log-ins that succeed, or fail by no fault of the password, do not count", async () => {
  const limits = new AttemptLimits();
  const busy = async (): Promise<boolean> => {
    await Promise.resolve();
    throw new AppError("server_busy", "busy");
  };
  const succeed = async (): Promise<boolean> => await limits.logIn("ada", "192.0.2.1", right);
  const beBusy = async (): Promise<boolean> => await limits.logIn("ada", "192.0.2.1", busy);
  expect(await attempts(150, succeed)).toEqual({ none: 150 });
  expect(await attempts(150, beBusy)).toEqual({ server_busy: 150 });
});

test("registrations from one address are limited", async () => {
  const limits = new AttemptLimits();
  const register = async (): Promise<void> => await limits.register("192.0.2.1");
  expect(await attempts(102, register)).toEqual({ none: 100, too_many_attempts: 2 });
  expect(await codeOf(async () => await limits.register("192.0.2.2"))).toBe("none");
});
