import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { newBearer } from "../../../tests/accounts.ts";
import { numberedPdf, pageNumberOf } from "../../../tests/fixtures/numbered-pages.ts";
import { type TestServer, startServer, uploadForm } from "../../../tests/server.ts";
import { type TypedClient, followJob, typedClient } from "../../../tests/typed-client.ts";
import { JobView } from "../../shared/job-view.ts";
import type { Document } from "../../shared/jobs.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../engines/scripted/server.ts";

let engine: ScriptedEngineServer;
let server: TestServer;
let client: TypedClient;

const textOf = (page: number): string => `Text of page ${page}.`;

beforeEach(async () => {
  engine = await startScriptedEngine(async ({ image }) => ({
    text: textOf(await pageNumberOf(image)),
    chunkChars: 4,
  }));
  server = await startServer({ LLM_BASE_URL: engine.url, AUTH_ENABLED: "true" });
  client = await newUser("ada");
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function newUser(username: string): Promise<TypedClient> {
  return typedClient(server.url, await newBearer(server, username));
}

async function upload(pages: number, name = "scan.pdf", by = client): Promise<Document> {
  return await by.documents.upload.mutate(uploadForm(await numberedPdf(pages), {}, name));
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  return await call.catch((error: unknown) => error);
}

describe("the typed API", () => {
  test("takes a file, reads it in the background, and tells all about it", async () => {
    const document = await upload(3, "C:\\scans\\März.pdf");
    expect(document).toMatchObject({ name: "März.pdf", fileType: "pdf", pages: 3 });
    const { id } = await client.jobs.start.mutate({ documentId: document.id });
    const view = new JobView();
    const followed = followJob(client, { id }, (event) => view.apply(event));
    await followed.ended;
    expect(view.state).toBe("done");
    expect([...view.pages.values()].map((page) => page.text)).toEqual([1, 2, 3].map(textOf));
    expect(await client.jobs.page.query({ id, page: 2 })).toMatchObject({ text: textOf(2) });
    expect(await client.jobs.pages.query({ id })).toHaveLength(3);
    expect(await client.jobs.list.query({})).toMatchObject({ items: [{ id, donePages: 3 }] });
    expect((await client.engines.health.query({})).secondsPerPage).toBeGreaterThan(0);
  });

  test("lists documents by name, type and state, a page at a time", async () => {
    const names = ["one.pdf", "two.pdf", "Three.pdf"];
    for (const name of names) await upload(1, name);
    const first = await client.documents.list.query({ limit: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(["Three.pdf", "two.pdf"]);
    const second = await client.documents.list.query({ limit: 2, cursor: first.nextCursor });
    expect(second.items.map(({ name }) => name)).toEqual(["one.pdf"]);
    expect(second.nextCursor).toBeUndefined();
    expect((await client.documents.list.query({ name: "THRE" })).items).toHaveLength(1);
    expect((await client.documents.list.query({ fileType: "png" })).items).toEqual([]);
    const [document] = first.items;
    const { id } = await client.jobs.start.mutate({ documentId: document?.id ?? "" });
    await followJob(client, { id }).ended;
    const done = await client.documents.list.query({ state: "done" });
    expect(done.items).toMatchObject([{ name: "Three.pdf", job: { id, donePages: 1 } }]);
  });

  test("renames, searches, removes", async () => {
    const document = await upload(2);
    const { id } = await client.jobs.start.mutate({ documentId: document.id });
    await followJob(client, { id }).ended;
    await client.documents.rename.mutate({ id: document.id, name: "invoice" });
    const { items } = await client.documents.search.query({ query: "page 2" });
    expect(items).toMatchObject([{ documentName: "invoice", page: 2, jobId: id }]);
    await client.documents.remove.mutate({ id: document.id });
    expect((await client.documents.search.query({ query: "page" })).items).toEqual([]);
    expect(await failure(client.documents.get.query({ id: document.id }))).toMatchObject({
      data: { code: "document_not_found", httpStatus: 404 },
    });
  });

  test("tells the engines, their models and what a reading begins with", async () => {
    const list = await client.engines.list.query();
    expect(list).toEqual([
      { name: "openai-compatible", isDefault: true },
      { name: "embedded", isDefault: false },
    ]);
    expect(await client.engines.models.query({})).toContain("scripted");
    expect(await client.engines.health.query({})).toMatchObject({ ok: true, activePages: 0 });
    expect(await client.engines.defaults.query()).toMatchObject({ engine: "openai-compatible" });
  });

  test("says what is wrong with a call by a code, in words and with the request's id", async () => {
    const wrongField = await failure(client.jobs.page.query({ id: "x", page: 0 }));
    expect(wrongField).toMatchObject({
      data: { code: "validation_failed", httpStatus: 422, errors: [{ path: "page" }] },
    });
    const noFile = await failure(client.documents.upload.mutate(new FormData()));
    expect(noFile).toMatchObject({ data: { code: "file_missing" } });
    const text = uploadForm(new TextEncoder().encode("just text"));
    expect(await failure(client.documents.upload.mutate(text))).toMatchObject({
      data: { code: "file_unsupported", requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    const response = await fetch(`${server.url}/api/trpc/nothing.here`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { data: { code: "not_found" } } });
  });

  test("lets nobody in without a log-in, and nobody near what is somebody else's", async () => {
    const document = await upload(1);
    const { id } = await client.jobs.start.mutate({ documentId: document.id });
    await followJob(client, { id }).ended;
    const nobody = typedClient(server.url);
    const stranger = await newUser("mallory");
    const calls = (by: TypedClient): (() => Promise<unknown>)[] => [
      () => by.documents.get.query({ id: document.id }),
      () => by.documents.rename.mutate({ id: document.id, name: "x" }),
      () => by.documents.remove.mutate({ id: document.id }),
      () => by.jobs.start.mutate({ documentId: document.id }),
      () => by.jobs.get.query({ id }),
      () => by.jobs.pages.query({ id }),
      () => by.jobs.page.query({ id, page: 1 }),
      () => by.jobs.versions.query({ id, page: 1 }),
      () => by.jobs.cancel.mutate({ id }),
      () => by.jobs.pause.mutate({ id }),
      () => by.jobs.resume.mutate({ id }),
      () => by.jobs.retryPage.mutate({ id, page: 1 }),
      () => by.jobs.editPage.mutate({ id, page: 1, text: "x" }),
      () => by.jobs.restoreVersion.mutate({ id, page: 1, version: 1 }),
      () => followJob(by, { id }).ended,
    ];
    for (const call of calls(nobody)) {
      expect(await failure(call())).toMatchObject({ data: { httpStatus: 401 } });
    }
    for (const call of calls(stranger)) {
      expect(await failure(call())).toMatchObject({ data: { httpStatus: 404 } });
    }
    expect((await stranger.documents.list.query({})).items).toEqual([]);
    expect((await stranger.documents.search.query({ query: "text" })).items).toEqual([]);
    expect(await client.jobs.page.query({ id, page: 1 })).toMatchObject({ text: textOf(1) });
  });
});
