import { beforeEach, describe, expect, test } from "bun:test";
import { anonymousAccount } from "../auth/account-rows.ts";
import { type Db, openDatabase } from "../db/client.ts";
import { UsageLedger, type UsageRecord } from "./usage-ledger.ts";

let db: Db;
let ledger: UsageLedger;
let userId: number;
let requests = 0;

beforeEach(() => {
  db = openDatabase(":memory:");
  ledger = new UsageLedger(db);
  userId = anonymousAccount(db, "anonymous").id;
});

function open(): UsageRecord {
  return ledger.open({
    requestId: `request-${++requests}`,
    userId,
    kind: "pdf",
    engine: "scripted",
    model: "test",
    promptChars: 8,
    inputBytes: 100,
    pages: 2,
  });
}

const page = {
  promptTokens: 10,
  completionTokens: 20,
  completionChars: 30,
  estimated: false,
  failed: false,
  reachedEngine: true,
};

describe("the usage ledger", () => {
  test("sums the pages of a request in one row", () => {
    const usage = open();
    usage.openPage(1).close(page);
    usage.openPage(2).close({ ...page, estimated: true, failed: true });
    usage.close("partial");
    expect(ledger.list(userId, 10)).toMatchObject([
      {
        state: "partial",
        promptTokens: 20,
        completionTokens: 40,
        completionChars: 60,
        estimated: true,
        failedPages: 1,
      },
    ]);
  });

  test("a row is closed once: a second close, or a page after it, is an error", () => {
    const usage = open();
    usage.close("done");
    expect(() => usage.close("failed")).toThrow("not open");
    expect(() => usage.openPage(1).close(page)).toThrow("not open");
    expect(ledger.list(userId, 10)[0]?.state).toBe("done");
  });

  test("an open row is not listed; the next start closes it with what was used until then", () => {
    open().openPage(1).close(page);
    expect(ledger.list(userId, 10)).toEqual([]);
    expect(new UsageLedger(db).closeInterrupted()).toBe(1);
    expect(ledger.list(userId, 10)).toMatchObject([{ state: "interrupted", completionTokens: 20 }]);
    expect(ledger.closeInterrupted()).toBe(0);
  });

  test("lists the newest first, only the user's own, up to the limit", () => {
    const other = anonymousAccount(db, "other");
    for (let n = 0; n < 5; n++) open().close("done");
    const ids = ledger.list(userId, 3).map((row) => row.id);
    expect(ids).toEqual([5, 4, 3]);
    expect(ledger.list(other.id, 10)).toEqual([]);
  });
});
