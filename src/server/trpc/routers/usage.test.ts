import { afterEach, beforeEach, describe, expect, setSystemTime, test } from "bun:test";
import { newBearer } from "../../../../tests/accounts.ts";
import { type TestServer, startServer } from "../../../../tests/server.ts";
import { type TypedClient, failureOf, typedClient } from "../../../../tests/typed-client.ts";
import type { UsageOpening } from "../../ocr/usage-ledger.ts";

const TOKENS = { promptTokens: 10, completionTokens: 20, completionChars: 30 };
const NOON = Date.parse("2026-03-31T12:00:00Z");
const HOUR_MS = 3600 * 1000;

let server: TestServer;
let client: TypedClient;
let headers: { authorization: string };
let userId: number;
let requests = 0;

beforeEach(async () => {
  server = await startServer({ AUTH_ENABLED: "true" });
  headers = await newBearer(server, "ada");
  client = typedClient(server.url, headers);
  userId = (await client.account.me.query()).id;
});
afterEach(async () => {
  setSystemTime();
  await server[Symbol.asyncDispose]();
});

/** A request of two pages, of which one failed, that began at the time and took two seconds. */
function use(at: number, of: Partial<UsageOpening> & { estimated?: boolean } = {}): void {
  const { estimated = false, ...opening } = of;
  setSystemTime(at);
  const usage = server.services.ledger.open({
    requestId: `request-${++requests}`,
    userId,
    kind: "pdf",
    engine: "embedded",
    model: "PP-OCR",
    promptChars: 0,
    inputBytes: 100,
    pages: 2,
    ...opening,
  });
  const page = { ...TOKENS, estimated, reachedEngine: true };
  usage.openPage(1).close({ ...page, failed: false });
  usage.openPage(2).close({ ...page, failed: true });
  setSystemTime(at + 2000);
  usage.close("partial");
}

describe("usage", () => {
  test("is summed up in all, counted tokens and estimated ones apart", async () => {
    use(NOON);
    use(NOON, { estimated: true });
    expect(await client.usage.summary.query()).toEqual({
      requests: 2,
      pages: 4,
      failedPages: 2,
      promptTokens: 20,
      completionTokens: 40,
      estimatedPromptTokens: 20,
      estimatedCompletionTokens: 40,
      inputBytes: 200,
    });
  });

  test("is summed up by day and engine, days without requests too", async () => {
    use(NOON - 48 * HOUR_MS);
    use(NOON);
    use(NOON, { engine: "openai-compatible" });
    use(NOON - 72 * HOUR_MS);
    setSystemTime(NOON);
    const days = await client.usage.byDay.query({ days: 3 });
    expect(days.map(({ date, requests: count }) => [date, count])).toEqual([
      ["2026-03-29", 1],
      ["2026-03-30", 0],
      ["2026-03-31", 2],
    ]);
    expect(days[2]?.engines).toMatchObject([
      { engine: "embedded", requests: 1, pages: 2, failedPages: 1, completionTokens: 40 },
      { engine: "openai-compatible", requests: 1 },
    ]);
  });

  test("belongs to the day where people are, over changes of the clock too", async () => {
    // In Berlin it is the 30th already, and the 29th has but 23 hours.
    use(Date.parse("2026-03-29T22:10:00Z"));
    use(Date.parse("2026-03-28T23:10:00Z"));
    use(Date.parse("2026-03-28T22:50:00Z"));
    setSystemTime(NOON);
    const inBerlin = await client.usage.byDay.query({ days: 4, timeZone: "Europe/Berlin" });
    expect(inBerlin.map(({ requests: count }) => count)).toEqual([1, 1, 1, 0]);
    // Half an hour beside the others: there the last two are of the 29th, and the first of the 30th.
    const inKolkata = await client.usage.byDay.query({ days: 4, timeZone: "Asia/Kolkata" });
    expect(inKolkata.map(({ requests: count }) => count)).toEqual([0, 2, 1, 0]);
    const nowhere = client.usage.byDay.query({ days: 4, timeZone: "Mars/Olympus" });
    expect(await failureOf(nowhere)).toMatchObject({ errors: [{ path: "timeZone" }] });
  });

  test("is listed request by request, a page at a time, one's own alone", async () => {
    for (let n = 0; n < 3; n++) use(NOON + n);
    const first = await client.usage.list.query({ limit: 2 });
    const second = await client.usage.list.query({ limit: 2, cursor: first.nextCursor });
    const all = [...first.items, ...second.items];
    expect(all.map(({ createdAt }) => Date.parse(createdAt) - NOON)).toEqual([2, 1, 0]);
    expect(second.nextCursor).toBeUndefined();
    expect(all[0]).toMatchObject({
      state: "partial",
      kind: "pdf",
      engine: "embedded",
      model: "PP-OCR",
      pages: 2,
      failedPages: 1,
      promptTokens: 20,
      completionTokens: 40,
      estimated: false,
      inputBytes: 100,
      seconds: 2,
    });
    setSystemTime();
    const stranger = typedClient(server.url, await newBearer(server, "mallory"));
    expect((await stranger.usage.list.query({})).items).toEqual([]);
    expect(await stranger.usage.summary.query()).toMatchObject({ requests: 0, pages: 0 });
  });
});

describe("the table of usage", () => {
  const table = async (): Promise<string> =>
    await (await fetch(`${server.url}/api/users/me/usage.csv`, { headers })).text();

  test("has all requests, however many, newest first", async () => {
    server.services.db.transaction(() => {
      for (let n = 0; n < 1203; n++) use(NOON);
    });
    setSystemTime();
    const lines = (await table()).split("\r\n");
    expect(lines[0]).toBe(
      "id,created_at,request_id,kind,state,engine,model,pages,failed_pages,prompt_tokens,completion_tokens,estimated,input_bytes,seconds",
    );
    expect(lines[1]).toMatch(
      /^1203,2026-03-31T12:00:00\.000Z,request-\d+,pdf,partial,embedded,PP-OCR,2,1,20,40,false,100,2$/,
    );
    expect(lines.slice(1, -1).map((line) => Number.parseInt(line))).toEqual(
      Array.from({ length: 1203 }, (_, index) => 1203 - index),
    );
    expect(lines.at(-1)).toBe("");
  });

  test.each([
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ['a"b,c', '"a""b,c"'],
    ["a\r\n=1", '"a\r\n=1"'],
  ])("takes %p for a name, not for a formula or another field", async (model, field) => {
    use(NOON, { model });
    setSystemTime();
    expect(await table()).toContain(`,embedded,${field},2,`);
  });
});
