/** Subscriptions on the wire, held against what tRPC's own handler would send. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { z } from "zod";
import { numberedPdf } from "../../../tests/fixtures/numbered-pages.ts";
import { type TestServer, startServer, uploadForm } from "../../../tests/server.ts";
import { followJob, typedClient } from "../../../tests/typed-client.ts";
import { anonymousAccount } from "../auth/account-rows.ts";
import { Principal } from "../auth/principal.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../engines/scripted/server.ts";
import type { TrpcContext } from "./init.ts";
import { appRouter } from "./router.ts";

let engine: ScriptedEngineServer;
let server: TestServer;

beforeEach(async () => {
  engine = await startScriptedEngine(() => ({ text: "first line\nsecond line", chunkChars: 4 }));
  server = await startServer({ LLM_BASE_URL: engine.url });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

/** The fields of each event, in the form of https://html.spec.whatwg.org/multipage/server-sent-events.html. */
function eventsOf(text: string): Record<string, string>[] {
  const blocks = text.split(/\n\n+/).filter((block) => block !== "");
  return blocks.map((block) =>
    Object.fromEntries(
      block.split("\n").map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
      }),
    ),
  );
}

async function own(url: string, headers = {}): Promise<Response> {
  return await fetch(`${server.url}${url}`, { headers });
}

async function ofTrpc(url: string, headers = {}): Promise<Response> {
  const { services } = server;
  const account = anonymousAccount(services.db, "anonymous");
  const context: TrpcContext = {
    services,
    requestId: "",
    logger: services.logger,
    client: { address: "127.0.0.1", origin: server.url, isHttps: false },
    authenticate: async () => Principal.of(account, { kind: "anonymous" }),
    live: (_, signal) => ({
      signal: signal ?? new AbortController().signal,
      [Symbol.dispose]: () => {},
    }),
    upload: undefined,
  };
  return await fetchRequestHandler({
    endpoint: "/api/trpc",
    router: appRouter,
    req: new Request(`${server.url}${url}`, { headers }),
    createContext: () => context,
  });
}

async function readJob(): Promise<string> {
  const client = typedClient(server.url);
  const document = await client.documents.upload.mutate(
    uploadForm(await numberedPdf(2), {}, "x.pdf"),
  );
  const { id } = await client.jobs.start.mutate({ documentId: document.id });
  await followJob(client, { id }).ended;
  return id;
}

const subscribe = (input: unknown): string =>
  `/api/trpc/jobs.events?input=${encodeURIComponent(JSON.stringify(input))}`;

/** The log of a job that has ended is a new one for each reader. */
const withoutEpoch = (events: Record<string, string>[]) =>
  events.map(({ id, ...event }) => ({
    ...event,
    ...(id !== undefined && { id: id.replace(/^.*\./, "") }),
  }));

test("a job's events are those of tRPC, under the same headers", async () => {
  const url = subscribe({ id: await readJob() });
  const [mine, theirs] = [await own(url), await ofTrpc(url)];
  expect(mine.status).toBe(theirs.status);
  for (const name of ["content-type", "cache-control", "x-accel-buffering"]) {
    expect(mine.headers.get(name)).toBe(theirs.headers.get(name));
  }
  expect(mine.headers.get("vary")).toContain("trpc-accept");
  const [events, expected] = [eventsOf(await mine.text()), eventsOf(await theirs.text())];
  expect(withoutEpoch(events)).toEqual(withoutEpoch(expected));
  expect(events[0]).toMatchObject({ event: "connected" });
  expect(events.at(-1)).toEqual({ event: "return", data: "" });
  expect(events.some(({ data }) => data?.includes(String.raw`first line\nsecond`) === true)).toBe(
    true,
  );
});

test("so are its errors, within the stream", async () => {
  const shape = z.object({ message: z.string(), data: z.looseObject({ code: z.string() }) });
  for (const input of [{ id: "nobody's" }, { id: 7 }, []]) {
    const url = subscribe(input);
    const [mine, theirs] = [await own(url), await ofTrpc(url)];
    expect(mine.status).toBe(theirs.status);
    const [last, expected] = [
      eventsOf(await mine.text()).at(-1),
      eventsOf(await theirs.text()).at(-1),
    ];
    expect(last?.["event"]).toBe("serialized-error");
    const parse = (event: Record<string, string> | undefined) =>
      shape.parse(JSON.parse(event?.["data"] ?? ""));
    const { requestId: _, ...data } = parse(last).data;
    const { requestId: __, ...expectedData } = parse(expected).data;
    expect([parse(last).message, data]).toEqual([parse(expected).message, expectedData]);
  }
});

test("what is no subscription is left to tRPC", async () => {
  for (const url of [
    "/api/trpc/jobs.events",
    "/api/trpc/jobs.events?input={",
    "/api/trpc/jobs.nothing?input={}",
    `/api/trpc/jobs.events?batch=1&input=${encodeURIComponent('{"0":{"id":"x"}}')}`,
  ]) {
    const [mine, theirs] = [await own(url), await ofTrpc(url)];
    expect([url, mine.status]).toEqual([url, theirs.status]);
    await mine.text();
    await theirs.body?.cancel();
  }
});

test("a reader goes on after its last id, given in a header or in the address", async () => {
  const release = Promise.withResolvers<void>();
  await engine[Symbol.asyncDispose]();
  engine = await startScriptedEngine(async ({ index }) => {
    if (index > 0) await release.promise;
    return { text: "text", chunkChars: 1 };
  });
  await server[Symbol.asyncDispose]();
  server = await startServer({ LLM_BASE_URL: engine.url, OCR_PAGE_CONCURRENCY: "1" });
  const client = typedClient(server.url);
  const document = await client.documents.upload.mutate(
    uploadForm(await numberedPdf(2), {}, "x.pdf"),
  );
  const { id } = await client.jobs.start.mutate({ documentId: document.id });
  let lastId = "";
  const followed = followJob(client, { id }, (event) => {
    if (event.type === "page" && event.page === 1 && event.state === "done") release.resolve();
  });
  // A second reader, from the first page on, that leaves with a place in the log.
  const leaving = new AbortController();
  const response = await fetch(`${server.url}${subscribe({ id })}`, { signal: leaving.signal });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  while (!/\.\d+$/.test(lastId)) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    if (done) break;
    lastId =
      eventsOf(decoder.decode(value)).findLast((event) => event["id"] !== undefined)?.["id"] ??
      lastId;
  }
  expect(lastId).toMatch(/\.\d+$/);
  leaving.abort();
  const rest = await Promise.all([
    own(subscribe({ id }), { "last-event-id": lastId }),
    own(`${subscribe({ id })}&lastEventId=${lastId}`),
  ]);
  release.resolve();
  await followed.ended;
  const [byHeader, byAddress] = await Promise.all(
    rest.map(async (one) => eventsOf(await one.text())),
  );
  for (const events of [byHeader, byAddress]) {
    expect(events?.at(-1)).toEqual({ event: "return", data: "" });
    // No state of the whole job, which a reader without a place would get first.
    expect(events?.some((event) => event["id"] === "state")).toBe(false);
  }
});
