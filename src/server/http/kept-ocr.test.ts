/** `store=true`: the same stream, of a job that stays. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { multiPageTiff, textImage } from "../../../tests/fixtures/images.ts";
import { numberedPdf, pageNumberOf } from "../../../tests/fixtures/numbered-pages.ts";
import { textPdf } from "../../../tests/fixtures/pdf.ts";
import {
  type TestServer,
  checkStream,
  eventsOf,
  readEvents,
  startServer,
  textsOf,
  uploadForm,
} from "../../../tests/server.ts";
import { type TypedClient, followJob, typedClient } from "../../../tests/typed-client.ts";
import type { Job } from "../../shared/jobs.ts";
import type { OcrEvent } from "../../shared/ocr-events.ts";
import type { UsageRow } from "../ocr/usage-ledger.ts";
import type { ScriptedAnswer } from "../engines/scripted/answer.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../engines/scripted/server.ts";
import { isEnded } from "../../shared/job-states.ts";

let engine: ScriptedEngineServer;
let server: TestServer;
let client: TypedClient;
let answer: (page: number) => ScriptedAnswer;

const textOf = (page: number): string => `Text of page ${page}, 😀 included.`;

beforeEach(async () => {
  answer = (page) => ({ text: textOf(page), chunkChars: 4 });
  engine = await startScriptedEngine(async ({ image }) => answer(await pageNumberOf(image)));
  const env = { LLM_BASE_URL: engine.url, LLM_MAX_RETRIES: "0", OCR_PAGE_CONCURRENCY: "3" };
  server = await startServer(env, { heartbeatMs: 60 });
  client = typedClient(server.url);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function post(
  kind: "image" | "pdf",
  file: Uint8Array,
  fields: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  const form = uploadForm(file, { store: "true", ...fields }, "scan.pdf");
  const init = { method: "POST", body: form, ...(signal && { signal }) };
  return await fetch(`${server.url}/api/ocr/${kind}`, init);
}

function idsOf([start]: readonly OcrEvent[]): { document: string; job: string } {
  if (start?.type !== "start") throw new Error("the stream has no start");
  return { document: start.document_id ?? "", job: start.job_id ?? "" };
}

const usage = (): UsageRow[] => server.services.ledger.list(1, 100);

/** When the job has ended, or the time is over. */
async function endedJob(id: string): Promise<Job> {
  await followJob(client, { id }).ended;
  return await client.jobs.get.query({ id });
}

/** What a stream says, whatever the order of pages and the size of deltas. */
function gistOf(events: readonly OcrEvent[]): unknown {
  const others = events.flatMap((event) => {
    if (event.type === "ping" || event.type === "delta" || event.type === "page_delta") return [];
    const { request_id: _request, ...rest } = { request_id: "", ...event };
    const {
      document_id: _document,
      job_id: _job,
      ...same
    } = { document_id: "", job_id: "", ...rest };
    return [{ page: 0, ...same }];
  });
  return {
    texts: Object.fromEntries(textsOf(events)),
    others: others.toSorted((a, b) => a.page - b.page),
  };
}

describe("a stream of what is kept", () => {
  const failing = (page: number): ScriptedAnswer => ({
    text: textOf(page),
    chunkChars: 4,
    ...(page % 3 === 0 && { fault: { kind: "status" as const, status: 500 } }),
  });
  interface Case {
    name: string;
    kind: "image" | "pdf";
    file: () => Promise<Uint8Array> | Uint8Array;
    answers?: (page: number) => ScriptedAnswer;
    fields?: Record<string, string>;
  }
  test.each<Case>([
    { name: "a PDF page by page", kind: "pdf", file: () => numberedPdf(7) },
    {
      name: "some pages of it",
      kind: "pdf",
      file: () => numberedPdf(7),
      fields: { pages: "2,5-" },
    },
    {
      name: "a PDF of which pages fail",
      kind: "pdf",
      file: () => numberedPdf(7),
      answers: failing,
    },
    { name: "a PDF as one text", kind: "image", file: () => numberedPdf(5), answers: failing },
    { name: "an image as one text", kind: "image", file: () => numberedPdf(1) },
    { name: "an image page by page", kind: "pdf", file: () => textImage(["x"], "png") },
    {
      name: "an image that fails",
      kind: "image",
      file: () => numberedPdf(3),
      answers: failing,
      fields: { pages: "3" },
    },
    { name: "blank pages", kind: "pdf", file: () => textPdf([[], []]) },
    { name: "a blank image", kind: "image", file: () => textPdf([[]]) },
    {
      name: "an engine that does not count",
      kind: "pdf",
      file: () => numberedPdf(2),
      answers: (page) => ({ text: textOf(page), usage: null }),
    },
  ])("says the same as one of what is not: $name", async ({ kind, file, answers, fields }) => {
    if (answers) answer = answers;
    const bytes = await file();
    const kept = await readEvents(await post(kind, bytes, fields));
    checkStream(kept);
    const once = await readEvents(await post(kind, bytes, { ...fields, store: "" }));
    expect(gistOf(kept)).toEqual(gistOf(once));
    expect(idsOf(once)).toEqual({ document: "", job: "" });
    const [second, first] = usage();
    expect(usage()).toHaveLength(2);
    const { job } = idsOf(kept);
    expect(first).toMatchObject({ requestId: job, state: second?.state, pages: second?.pages });
    expect(first?.promptTokens).toBe(second?.promptTokens);
  });

  test("leaves a document and a job with the texts", async () => {
    const events = await readEvents(await post("pdf", await numberedPdf(3), { prompt: "Say it." }));
    const { document, job } = idsOf(events);
    expect(await client.documents.get.query({ id: document })).toMatchObject({
      name: "scan.pdf",
      pages: 3,
    });
    expect(await client.jobs.get.query({ id: job })).toMatchObject({
      documentId: document,
      state: "done",
      prompt: "Say it.",
    });
    expect(await client.jobs.page.query({ id: job, page: 2 })).toMatchObject({ text: textOf(2) });
  });

  test("counts an image as an image, whatever the form of the stream", async () => {
    for (const kind of ["image", "pdf"] as const) {
      await readEvents(await post(kind, await textImage(["x"], "png")));
    }
    const rows = await (await fetch(`${server.url}/api/users/me/usage`)).json();
    expect(rows).toMatchObject([
      { kind: "image", meta: null },
      { kind: "image", meta: null },
    ]);
  });

  test("gives the pages of a TIFF in order, though the first takes longest, with pings", async () => {
    let calls = 0;
    answer = () => ({ text: `page ${++calls}`, firstDelayMs: calls === 1 ? 250 : 0 });
    const tiff = multiPageTiff([["One"], ["Two"], ["Three"]]);
    const events = await readEvents(await post("image", tiff));
    checkStream(events);
    const names = events.flatMap((event) =>
      "page" in event ? [`${event.type} ${event.page}`] : [],
    );
    expect(names).toEqual([1, 2, 3].flatMap((page) => [`page_start ${page}`, `page_end ${page}`]));
    expect(textsOf(events).get(0)?.split("\n\n").toSorted()).toEqual([
      "page 1",
      "page 2",
      "page 3",
    ]);
    expect(events.some((event) => event.type === "ping")).toBe(true);
  });

  test("is refused where `store` is neither true nor false", async () => {
    const response = await post("pdf", await numberedPdf(1), { store: "maybe" });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: "validation_failed",
      errors: [{ path: "store" }],
    });
    expect((await client.documents.list.query({})).items).toEqual([]);
  });
});

describe("the end of such a stream", () => {
  /** The first page is short; the others end when they are told to. */
  const endless = (page: number): ScriptedAnswer => ({
    text: textOf(page).repeat(page === 1 ? 1 : 5000),
    chunkChars: 4,
    paceMs: 4,
  });
  beforeEach(() => {
    answer = endless;
  });

  /** Reads until a page has ended, and another has a text; gives what came, and the rest. */
  async function untilSomeText(
    response: Response,
  ): Promise<{ events: OcrEvent[]; rest: AsyncGenerator<OcrEvent> }> {
    const rest = eventsOf(response);
    const events: OcrEvent[] = [];
    for (;;) {
      const { value, done } = await rest.next();
      if (done) throw new Error("the stream ended too early");
      events.push(value);
      const hasText = events.some((event) => event.type === "page_delta" && event.page > 1);
      if (hasText && events.some(({ type }) => type === "page_end")) return { events, rest };
    }
  }

  test("cancels the job where the reader leaves; what was read stays", async () => {
    const caller = new AbortController();
    const response = await post("pdf", await numberedPdf(9), {}, caller.signal);
    const { events, rest } = await untilSomeText(response);
    caller.abort();
    await rest.next().catch(() => {});
    const { job } = idsOf(events);
    expect(isEnded((await endedJob(job)).state)).toBe(true);
    expect(await client.jobs.get.query({ id: job })).toMatchObject({ state: "cancelled" });
    expect(await client.jobs.page.query({ id: job, page: 1 })).toMatchObject({ text: textOf(1) });
    await Promise.all(engine.calls.map(async (call) => await call.finished));
    expect(engine.calls.length).toBeLessThan(9);
    expect(engine.calls.some(({ outcome }) => outcome === "cancelled")).toBe(true);
    expect(usage()).toMatchObject([{ state: "cancelled", kind: "pdf", requestId: job }]);
  });

  test("is an error where somebody cancels the job", async () => {
    const { events, rest } = await untilSomeText(await post("pdf", await numberedPdf(9)));
    await client.jobs.cancel.mutate({ id: idsOf(events).job });
    events.push(...(await Array.fromAsync(rest)));
    checkStream(events);
    expect(events.at(-1)).toMatchObject({ type: "error", code: "cancelled", usage: { pages: 9 } });
    expect(events.filter(({ type }) => type === "page_error").length).toBeGreaterThan(0);
    expect(usage()).toMatchObject([{ state: "cancelled" }]);
  });

  test("is an error where somebody removes the document", async () => {
    const { events, rest } = await untilSomeText(await post("pdf", await numberedPdf(9)));
    await client.documents.remove.mutate({ id: idsOf(events).document });
    events.push(...(await Array.fromAsync(rest)));
    checkStream(events);
    expect(events.at(-1)).toMatchObject({ type: "error" });
    expect(usage()).toMatchObject([{ state: "cancelled" }]);
  });

  test("comes with the server's, which takes the job up when it starts again", async () => {
    answer = (page) => ({ ...endless(page), text: textOf(page).repeat(page === 1 ? 1 : 20) });
    const { events, rest } = await untilSomeText(await post("pdf", await numberedPdf(9)));
    const { lifecycle, runner } = server.services;
    const stopping = Promise.all([lifecycle.drain(20_000), runner.drain(20_000)]);
    events.push(...(await Array.fromAsync(rest)));
    await stopping;
    checkStream(events);
    expect(events.at(-1)).toMatchObject({ type: "error", code: "shutting_down" });
    // The pages that had begun have ended, and nothing is cancelled.
    expect(events.filter(({ type }) => type === "page_error")).toEqual([]);
    const id = idsOf(events).job;
    expect(await client.jobs.get.query({ id })).toMatchObject({ state: "running", failedPages: 0 });
    expect(usage()).toEqual([]);
  });
});
