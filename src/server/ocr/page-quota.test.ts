import { afterEach, beforeEach, describe, expect, setSystemTime, test } from "bun:test";
import { anonymousAccount } from "../auth/account-rows.ts";
import { type Db, openDatabase } from "../db/client.ts";
import { AppError } from "../errors.ts";
import { PageQuota } from "./page-quota.ts";
import { UsageLedger, type UsageRecord } from "./usage-ledger.ts";

const MARCH = Date.parse("2026-03-31T23:59:00Z");
const APRIL = Date.parse("2026-04-01T00:00:00Z");

let db: Db;
let ledger: UsageLedger;
let quota: PageQuota;
let userId: number;
let requests = 0;

beforeEach(() => {
  setSystemTime(MARCH);
  db = openDatabase(":memory:");
  ledger = new UsageLedger(db);
  quota = new PageQuota(db, 10);
  userId = anonymousAccount(db, "anonymous").id;
});
afterEach(() => {
  setSystemTime();
  db.$client.close();
});

function open(pages: number): UsageRecord {
  const opening = { kind: "pdf", engine: "e", model: "m", promptChars: 0, inputBytes: 1 } as const;
  return ledger.open({ ...opening, requestId: `request-${++requests}`, userId, pages });
}

function read(usage: UsageRecord, page: number, reachedEngine = true): void {
  const tokens = { promptTokens: 0, completionTokens: 0, completionChars: 0, estimated: false };
  usage.openPage(page).close({ ...tokens, failed: false, reachedEngine });
}

function refusalOf(pages: number): unknown {
  try {
    quota.check(userId, pages);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("the monthly pages of an account", () => {
  test("are all that a request asks for while it runs, and what it had read when it has ended", () => {
    const usage = open(8);
    expect(quota.state(userId)).toMatchObject({ usedPages: 8, remainingPages: 2 });
    read(usage, 1);
    read(usage, 2);
    // A blank page costs nothing.
    read(usage, 3, false);
    expect(quota.state(userId)).toMatchObject({ usedPages: 8 });
    usage.close("cancelled");
    expect(quota.state(userId)).toMatchObject({ usedPages: 2, remainingPages: 8 });
  });

  test("are refused beyond the limit, in words and with the time when the month ends", () => {
    open(8);
    expect(refusalOf(2)).toBeUndefined();
    const refusal = refusalOf(3);
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code: "quota_exceeded", status: 429, retryAfterS: 60 });
    expect(String(refusal)).toContain(
      "Of the 10 pages of this month 2 are left, and this needs 3. The count begins again on 2026-04-01 (UTC).",
    );
  });

  test("are counted anew in the next month, but for requests that still run", () => {
    const usage = open(4);
    for (let page = 1; page <= 4; page++) read(usage, page);
    usage.close("done");
    const running = open(6);
    expect(refusalOf(1)).toBeDefined();
    setSystemTime(APRIL);
    expect(quota.state(userId)).toMatchObject({ usedPages: 6 });
    running.close("cancelled");
    expect(quota.state(userId)).toMatchObject({
      usedPages: 0,
      resetsAt: new Date("2026-05-01T00:00:00Z"),
    });
  });

  test("are kept for requests that have no row yet, until they are given back", () => {
    const first = quota.reserve(userId, 6);
    expect(() => quota.reserve(userId, 6)).toThrow("4 are left");
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    const second = quota.reserve(userId, 10);
    expect(quota.state(userId)).toMatchObject({ remainingPages: 0 });
    second[Symbol.dispose]();
  });

  test("are one account's own, and without a limit never refused", () => {
    open(10);
    const other = anonymousAccount(db, "other").id;
    expect(quota.state(other)).toMatchObject({ usedPages: 0 });
    quota.check(other, 10);
    const free = new PageQuota(db, 0);
    free.check(userId, 1_000_000);
    expect(free.state(userId)).toMatchObject({ monthlyPages: null, remainingPages: null });
  });
});
