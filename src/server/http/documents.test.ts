import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { newBearer } from "../../../tests/accounts.ts";
import { multiPageTiff, textImage } from "../../../tests/fixtures/images.ts";
import { numberedPdf, pageNumberOf } from "../../../tests/fixtures/numbered-pages.ts";
import { encryptedPdf } from "../../../tests/fixtures/pdf.ts";
import { type TestServer, startServer, uploadForm } from "../../../tests/server.ts";
import { type TypedClient, followJob, typedClient } from "../../../tests/typed-client.ts";
import { problemSchema } from "../../shared/api-errors.ts";
import { type Export, exportSchema } from "../../shared/export.ts";
import type { Line } from "../../shared/ocr-events.ts";
import type { ScriptedAnswer } from "../engines/scripted/answer.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../engines/scripted/server.ts";
import { SqliteJobStore } from "../jobs/sqlite-store.ts";

let engine: ScriptedEngineServer;
let server: TestServer;
let client: TypedClient;
let headers: Record<string, string>;
let answer: (page: number) => ScriptedAnswer;

beforeEach(async () => {
  answer = (page) => ({ text: `# Page ${page}\n\nIts **text**.` });
  engine = await startScriptedEngine(async ({ image }) => answer(await pageNumberOf(image)));
  server = await startServer({
    LLM_BASE_URL: engine.url,
    LLM_MAX_RETRIES: "0",
    AUTH_ENABLED: "true",
  });
  headers = await newBearer(server, "ada");
  client = typedClient(server.url, headers);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

async function upload(file: Uint8Array, name = "scan.pdf", fields = {}): Promise<string> {
  return (await client.documents.upload.mutate(uploadForm(file, fields, name))).id;
}

/** Reads a document to the end of the job. */
async function read(documentId: string, pages?: string): Promise<string> {
  const { id } = await client.jobs.start.mutate({ documentId, ...(pages && { pages }) });
  await followJob(client, { id }).ended;
  return id;
}

async function get(path: string, more: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${server.url}/api/documents/${path}`, { headers: { ...headers, ...more } });
}

async function exportedJson(documentId: string): Promise<Export> {
  return exportSchema.parse(await (await get(`${documentId}/export?format=json`)).json());
}

async function codeOf(response: Response): Promise<string> {
  return problemSchema.parse(await response.json()).code;
}

describe("an export", () => {
  test("has every page in order, as Markdown and as text", async () => {
    const id = await upload(await numberedPdf(2), "Rechnung März.pdf");
    await read(id);
    const markdown = await get(`${id}/export`);
    expect(markdown.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    expect(markdown.headers.get("content-disposition")).toBe(
      `attachment; filename="Rechnung M?rz.md"; filename*=UTF-8''Rechnung%20M%C3%A4rz.md`,
    );
    expect(await markdown.text()).toBe(
      "<!-- page 1 -->\n\n# Page 1\n\nIts **text**.\n\n<!-- page 2 -->\n\n# Page 2\n\nIts **text**.\n",
    );
    const text = await get(`${id}/export?format=txt`);
    expect(text.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await text.text()).toBe("Page 1\n\nIts text.\n\fPage 2\n\nIts text.\n");
  });

  test("says which pages are not in it, and why", async () => {
    answer = (page) =>
      page === 2 ? { text: "", fault: { kind: "status", status: 500 } } : { text: `Page ${page}` };
    const id = await upload(await numberedPdf(4));
    const jobId = await read(id, "1-3");
    const note = "[Page 2 is not here: it failed (engine_failed).]";
    expect(await (await get(`${id}/export?format=txt`)).text()).toBe(
      `Page 1\n\f${note}\n\fPage 3\n`,
    );
    expect(await (await get(`${id}/export?format=md`)).text()).toContain(
      `<!-- page 2 -->\n\n${note}\n`,
    );
    const { job, document, pages } = await exportedJson(id);
    expect(document).toMatchObject({ id, pages: 4, file_type: "pdf" });
    expect(job).toMatchObject({ id: jobId, state: "partial", pages: 3 });
    expect(pages).toMatchObject([
      { page: 1, state: "done", text: "Page 1", version: 1, origin: "engine" },
      { page: 2, state: "failed", text: null, error: { code: "engine_failed" }, blocks: [] },
      { page: 3, state: "done", blocks: [{ kind: "paragraph", text: "Page 3" }] },
    ]);
  });

  test("as JSON has lines and words with their boxes, and edits with what they were made by", async () => {
    const id = await upload(await numberedPdf(1));
    const jobId = await read(id);
    const word: Line = { text: "Hi", confidence: 0.9, box: [0.1, 0.1, 0.2, 0.2] };
    const lines = [{ ...word, words: [word] }];
    const store = new SqliteJobStore(server.services.db);
    const reading = { engine: "embedded", model: "m", text: "Hi", lines, confidence: 0.9 };
    await store.endPage(jobId, 1, reading);
    expect((await exportedJson(id)).pages).toMatchObject([
      { engine: "embedded", model: "m", confidence: 0.9, lines, version: 2 },
    ]);
    await client.jobs.editPage.mutate({ id: jobId, page: 1, text: "By hand." });
    const [page] = (await exportedJson(id)).pages;
    expect(page).toMatchObject({ text: "By hand.", origin: "edit", version: 3 });
    expect(page).not.toHaveProperty("lines");
  });

  test("is of the newest job with a text, unless another is asked for", async () => {
    const id = await upload(await numberedPdf(1));
    expect(await codeOf(await get(`${id}/export`))).toBe("no_text");
    answer = () => ({ text: "first" });
    const first = await read(id);
    answer = () => ({ text: "second" });
    await read(id);
    answer = () => ({ text: "", fault: { kind: "status", status: 500 } });
    const failed = await read(id);
    const textOf = async (query: string): Promise<string> =>
      await (await get(`${id}/export?format=txt${query}`)).text();
    expect(await textOf("")).toBe("second\n");
    expect(await textOf(`&job=${first}`)).toBe("first\n");
    expect(await textOf(`&job=${failed}`)).toContain("[Page 1 is not here");
    const other = await upload(await numberedPdf(1));
    expect(await codeOf(await get(`${other}/export?job=${first}`))).toBe("job_not_found");
  });

  test("in a format that there is none of is refused with those that there are", async () => {
    const id = await upload(await numberedPdf(1));
    const response = await get(`${id}/export?format=exe`);
    expect(response.status).toBe(422);
    const problem = problemSchema.parse(await response.json());
    expect(problem.code).toBe("validation_failed");
    for (const format of ["md", "txt", "json"]) expect(problem.detail).toContain(`"${format}"`);
  });

  test("of a document with a hostile name is a file with a harmless one", async () => {
    const id = await upload(await numberedPdf(1));
    await read(id);
    await client.documents.rename.mutate({ id, name: 'a"; filename=evil.exe\r\nx: y\ud800' });
    const disposition = (await get(`${id}/export`)).headers.get("content-disposition") ?? "";
    expect(disposition).toStartWith('attachment; filename="');
    expect(disposition.replaceAll('\\"', "")).toMatch(/^attachment; filename="[^"]*"; filename\*=/);
  });
});

describe("the original", () => {
  test("comes back byte by byte, as a download of its kind", async () => {
    const file = await numberedPdf(2);
    const response = await get(`${await upload(file, "März.pdf")}/file`);
    expect(response.headers.get("content-type")).toBe("application/pdf");
    expect(response.headers.get("content-disposition")).toContain("M%C3%A4rz.pdf");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(Buffer.compare(await response.bytes(), file)).toBe(0);
  });

  test("has the kind that its bytes tell, whatever it is called", async () => {
    const response = await get(`${await upload(await textImage(["x"], "png"), "a.html")}/file`);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(response.headers.get("content-disposition")).toStartWith("attachment");
  });

  test("is sent in parts to who asks for them", async () => {
    const file = await numberedPdf(1);
    const id = await upload(file);
    const part = await get(`${id}/file`, { range: "bytes=10-19" });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 10-19/${file.length}`);
    expect(Buffer.compare(await part.bytes(), file.slice(10, 20))).toBe(0);
    expect((await get(`${id}/file`, { range: `bytes=${file.length}-` })).status).toBe(416);
  });
});

describe("a picture of a page", () => {
  const sizeOf = async (response: Response): Promise<{ width: number; height: number }> =>
    await new Bun.Image(await response.bytes()).metadata();

  test("is a JPEG of the size that was asked for, and is kept by the browser", async () => {
    const id = await upload(await numberedPdf(2));
    const response = await get(`${id}/pages/2/image?size=400`);
    expect(response.headers.get("content-type")).toBe("image/jpeg");
    expect(response.headers.get("cache-control")).toStartWith("private, max-age=");
    const etag = response.headers.get("etag") ?? "";
    expect(await sizeOf(response)).toMatchObject({ height: 400 });
    const again = await get(`${id}/pages/2/image?size=400`, { "if-none-match": `W/"x", ${etag}` });
    expect([again.status, (await again.bytes()).length]).toEqual([304, 0]);
    const other = await get(`${id}/pages/2/image?size=500`, { "if-none-match": etag });
    expect(other.status).toBe(200);
  });

  test("can be had of encrypted files, images and TIFFs, too", async () => {
    const files: [Uint8Array, number, Record<string, string>][] = [
      [encryptedPdf([["Secret"]], "pw"), 1, { password: "pw" }],
      [await textImage(["x"], "webp"), 1, {}],
      [multiPageTiff([["One"], ["Two"]]), 2, {}],
    ];
    for (const [file, page, fields] of files) {
      const response = await get(`${await upload(file, "f", fields)}/pages/${page}/image?size=64`);
      expect(response.status).toBe(200);
      const { width, height } = await sizeOf(response);
      expect(Math.max(width, height)).toBeLessThanOrEqual(64);
    }
  });

  test.each([
    ["pages/0/image", "validation_failed"],
    ["pages/3/image", "page_not_found"],
    ["pages/1e9/image", "page_not_found"],
    ["pages/x/image", "validation_failed"],
    ["pages/1/image?size=63", "validation_failed"],
    ["pages/1/image?size=2401", "validation_failed"],
  ])("is refused at %s", async (path, code) => {
    const id = await upload(await numberedPdf(2));
    expect(await codeOf(await get(`${id}/${path}`))).toBe(code);
  });

  test("waits for its turn: many at once leave room for reading", async () => {
    const id = await upload(await numberedPdf(12));
    const pictures = Array.from({ length: 12 }, async (_, index) => {
      const response = await get(`${id}/pages/${index + 1}/image?size=2400`);
      return await sizeOf(response);
    });
    // With two processes, of which the pictures of one user take one.
    expect(await read(id)).toBeString();
    for (const { height } of await Promise.all(pictures)) expect(height).toBe(2400);
  });
});

test("nobody else, and nobody who is not logged in, gets any of it", async () => {
  const id = await upload(await numberedPdf(1));
  await read(id);
  const paths = ["export", "export?format=json", "file", "pages/1/image", "pages/9/image"];
  const stranger = await newBearer(server, "mallory");
  for (const path of paths) {
    const response = await get(`${id}/${path}`, { ...stranger, "if-none-match": "*" });
    expect([response.status, await codeOf(response)]).toEqual([404, "document_not_found"]);
    expect((await fetch(`${server.url}/api/documents/${id}/${path}`)).status).toBe(401);
  }
});

test("what a job of an image uses is counted as an image, that of a PDF as pages", async () => {
  await read(await upload(await textImage(["x"], "png"), "x.png"));
  await read(await upload(multiPageTiff([["One"], ["Two"]]), "x.tiff"));
  await read(await upload(await numberedPdf(2)));
  const rows = await (await fetch(`${server.url}/api/users/me/usage`, { headers })).json();
  expect(rows).toMatchObject([
    { kind: "pdf", meta: "pages=2" },
    { kind: "image", meta: null, pages: 2 },
    { kind: "image", meta: null, pages: 1 },
  ]);
});
