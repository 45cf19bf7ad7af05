import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Registry } from "prom-client";
import type { OcrEvent } from "../../shared/ocr-events.ts";
import { anonymousAccount } from "../auth/account-rows.ts";
import { type Db, openDatabase } from "../db/client.ts";
import type { Engine, EngineEvent } from "../engines/engine.ts";
import { createLimiter } from "../engines/limiter.ts";
import { AppError } from "../errors.ts";
import { createLogger } from "../logger.ts";
import { RecognitionMetrics } from "../metrics/recognition.ts";
import type { PageImage } from "../page-image.ts";
import { recognizeDocument } from "./recognize-document.ts";
import { UsageLedger } from "./usage-ledger.ts";

const PAGES = 50;
const CONCURRENCY = 3;
const image: PageImage = { bytes: new Uint8Array(1), mime: "image/jpeg", width: 1, height: 1 };

let db: Db;
let rendered: number[];
/** Pages that are with the engine: each is answered when its turn in this list is called. */
let asked: (() => void)[];
let onAsked: (() => void) | undefined;

beforeEach(() => {
  db = openDatabase(":memory:");
  rendered = [];
  asked = [];
  onAsked = undefined;
});
afterEach(() => db.$client.close());

/** Answers a page when it is told to. */
const engine: Engine = {
  name: "by hand",
  model: "none",
  profile: { longestSide: 100, format: "jpeg" },
  concurrency: CONCURRENCY,
  async *stream(_image, _options, signal): AsyncGenerator<EngineEvent, void, undefined> {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      asked.push(resolve);
      onAsked?.();
    });
    yield { type: "delta", delta: "x" };
    yield { type: "end", finishReason: null };
  },
  models: async () => ["none"],
  health: async () => ({ ok: true }),
  [Symbol.asyncDispose]: async () => {},
};

function recognize(
  kind: "image" | "pdf",
  pages = PAGES,
  controller = new AbortController(),
): AsyncGenerator<OcrEvent, void, undefined> {
  const selected = Array.from({ length: pages }, (_, index) => index + 1);
  return recognizeDocument(
    {
      requestId: "request",
      userId: anonymousAccount(db, "anonymous").id,
      kind,
      upload: {
        source: { path: "", type: "pdf" },
        bytes: 1,
        pages,
        selected,
        async render(page) {
          rendered.push(page);
          return { blank: false, source: "rendered", image };
        },
      },
      prompt: "",
      controller,
      logger: createLogger("silent"),
    },
    {
      engine,
      limiter: createLimiter(CONCURRENCY),
      ledger: new UsageLedger(db),
      metrics: new RecognitionMetrics(new Registry()),
      pageConcurrency: CONCURRENCY,
    },
  );
}

/** Resolves when the engine has been asked for so many pages in all. */
async function untilAsked(pages: number): Promise<void> {
  while (asked.length < pages) {
    await new Promise<void>((resolve) => {
      onAsked = resolve;
    });
  }
  // Whatever else is about to happen without the engine has happened after a turn of the loop.
  await new Promise<void>((resolve) => void setImmediate(resolve));
}

describe.each(["image", "pdf"] as const)("a long document as %s", (kind) => {
  test("is drawn no further than the engine has got", async () => {
    const read = Array.fromAsync(recognize(kind));
    for (let answered = 0; answered + CONCURRENCY <= PAGES; answered++) {
      await untilAsked(answered + CONCURRENCY);
      expect(rendered).toHaveLength(answered + CONCURRENCY);
      asked[answered]?.();
    }
    for (const answer of asked) answer();
    expect((await read).at(-1)).toMatchObject({ type: "end", usage: { completion_chars: PAGES } });
    expect(rendered).toEqual(Array.from({ length: PAGES }, (_, index) => index + 1));
  });

  test("is not drawn at all before somebody reads", async () => {
    const events = recognize(kind);
    expect(await events.next()).toMatchObject({ value: { type: "start" } });
    await new Promise<void>((resolve) => void setImmediate(resolve));
    expect(rendered).toEqual([]);
    await events.return();
    expect(new UsageLedger(db).list(1, 10)).toMatchObject([{ state: "cancelled" }]);
  });
});

test.each([
  ["after its last page has ended is whole all the same", 1, "end", "done"],
  ["before that ends in an error", 2, "error", "cancelled"],
])("a request that is cancelled %s", async (_when, pages, last, state) => {
  const controller = new AbortController();
  const types: string[] = [];
  onAsked = () => {
    if (asked.length === 1) asked[0]?.();
  };
  for await (const event of recognize("pdf", pages, controller)) {
    types.push(event.type);
    if (event.type === "page_end") controller.abort(new AppError("shutting_down", "Stop."));
  }
  expect(types.at(-1)).toBe(last);
  expect(types.filter((type) => type === "page_error")).toHaveLength(pages - 1);
  expect(new UsageLedger(db).list(1, 10)).toMatchObject([{ state }]);
});
