import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { type Upload, receiveUpload } from "./receive-upload.ts";

const MIB = 1024 * 1024;
let spool: string;
let timeoutMs = 10_000;
let progressMs = 10_000;
let server: ReturnType<typeof Bun.serve>;
/** What the handler made of the last request. */
let received: PromiseWithResolvers<Received>;

interface Received {
  code?: string;
  bytes?: number;
  sha256?: string;
  fields?: Record<string, string>;
}

beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    maxRequestBodySize: 200 * MIB,
    async fetch(request) {
      const result = await receive(request);
      received.resolve(result);
      return Response.json(result, { status: result.code ? 400 : 200 });
    },
  });
});
afterAll(async () => await server.stop(true));
beforeEach(() => {
  spool = mkdtempSync(join(tmpdir(), "my-ocr-spool-"));
  received = Promise.withResolvers();
  timeoutMs = 10_000;
  progressMs = 10_000;
});
afterEach(() => {
  // Whatever happened to the upload, nothing of it may be left.
  const left = readdirSync(spool);
  rmSync(spool, { recursive: true, force: true });
  expect(left).toEqual([]);
});

async function receive(request: Request): Promise<Received> {
  try {
    const limits = { maxBytes: 100 * MIB, timeoutMs, progressMs };
    await using upload = await receiveUpload(request, spool, limits, request.signal);
    return await describeUpload(upload);
  } catch (error) {
    return { code: error instanceof AppError ? error.code : String(error) };
  }
}

async function describeUpload(upload: Upload): Promise<Received> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(upload.path).stream()) hash.update(chunk);
  return {
    bytes: upload.bytes,
    sha256: hash.digest("hex"),
    fields: Object.fromEntries(upload.fields),
  };
}

async function post(form: FormData): Promise<Received> {
  await fetch(server.url, { method: "POST", body: form });
  return await received.promise;
}

function formOf(content: BlobPart, name = "scan.pdf"): FormData {
  const form = new FormData();
  form.append("file", new Blob([content]), name);
  return form;
}

/** A raw HTTP request, to say what no decent client says. */
async function send(
  text: string,
  options: { thenClose?: boolean; trickleMs?: number } = {},
): Promise<Received> {
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(server.url.port),
    socket: { data() {} },
  });
  socket.write(text);
  socket.flush();
  if (options.thenClose) socket.end();
  const trickle = options.trickleMs && setInterval(() => socket.write("x"), options.trickleMs);
  const result = await received.promise;
  clearInterval(trickle);
  socket.end();
  return result;
}

const HEAD = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n";
const PART = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n';

describe("receiving an upload", () => {
  test("the file arrives byte for byte, with the form's other fields before and after it", async () => {
    const content = crypto.getRandomValues(new Uint8Array(60_000));
    const form = new FormData();
    form.append("prompt", "Lies das 漢字 😀");
    form.append("file", new Blob([content]), "../../etc/passwd");
    form.append("pages", "1-3");
    expect(await post(form)).toEqual({
      bytes: 60_000,
      sha256: new Bun.CryptoHasher("sha256").update(content).digest("hex"),
      fields: { prompt: "Lies das 漢字 😀", pages: "1-3" },
    });
  });

  test("of two files the first counts", async () => {
    const form = formOf("first");
    form.append("file", new Blob(["second one"]), "b.pdf");
    expect((await post(form)).bytes).toBe(5);
  });

  test("a file field without a file name is a file all the same", async () => {
    const body = '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--b--\r\n';
    expect((await send(`${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`)).bytes).toBe(3);
  });

  test.each([
    ["no file", () => new FormData(), "file_missing"],
    ["an empty file", () => formOf(""), "file_empty"],
  ])("%s is refused", async (_name, form, code) => {
    expect((await post(form())).code).toBe(code);
  });

  test.each([1, 3, 60])(
    "a file %i MiB over the limit is refused as soon as it is",
    async (over) => {
      const started = performance.now();
      expect((await post(formOf(new Uint8Array((100 + over) * MIB)))).code).toBe("file_too_large");
      // Not by the time-out of the upload.
      expect(performance.now() - started).toBeLessThan(timeoutMs / 2);
    },
  );

  test("a file of just the limit is taken", async () => {
    expect((await post(formOf(new Uint8Array(100 * MIB)))).bytes).toBe(100 * MIB);
  });

  test("a body that is no multipart form is refused", async () => {
    for (const type of ["application/json", "multipart/form-data", "text/plain; boundary=b"]) {
      received = Promise.withResolvers();
      await fetch(server.url, { method: "POST", body: "{}", headers: { "content-type": type } });
      expect((await received.promise).code).toBe("form_invalid");
    }
  });

  test("a field of megabytes is refused", async () => {
    const form = formOf("x");
    form.append("prompt", "p".repeat(100_000));
    expect((await post(form)).code).toBe("form_invalid");
  });

  test("a form that ends in the middle is refused", async () => {
    const body = `${PART}half of a fi`;
    expect((await send(`${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`)).code).toBe(
      "upload_incomplete",
    );
  });

  test("a sender that goes away in the middle leaves nothing behind", async () => {
    const result = send(`${HEAD}Content-Length: 100000\r\n\r\n${PART}half`, { thenClose: true });
    expect((await result).code).toBe("upload_incomplete");
  });

  test("a sender that is too slow is refused", async () => {
    timeoutMs = 300;
    const result = send(`${HEAD}Content-Length: 100000\r\n\r\n${PART}half`);
    expect((await result).code).toBe("upload_timeout");
  });

  test("a sender that trickles is refused long before its time is up", async () => {
    progressMs = 300;
    const started = performance.now();
    const result = send(`${HEAD}Content-Length: 100000\r\n\r\n${PART}h`, { trickleMs: 20 });
    expect((await result).code).toBe("upload_timeout");
    expect(performance.now() - started).toBeLessThan(timeoutMs / 2);
  });

  test("memory stays flat for a 90 MB upload", async () => {
    const script = join(import.meta.dir, "../../../tests/fixtures/upload-server.ts");
    const child = Bun.spawn([process.execPath, script, spool], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const reader = child.stdout.getReader();
      const { value } = await reader.read();
      const url = new TextDecoder().decode(value).trim();
      const small = await (await fetch(url, { method: "POST", body: formOf("warm") })).json();
      const content = new Uint8Array(90 * MIB).fill(65);
      const large = await (await fetch(url, { method: "POST", body: formOf(content) })).json();
      expect(large.bytes).toBe(90 * MIB);
      expect(large.peakRssMb - small.peakRssMb).toBeLessThan(45);
    } finally {
      child.kill("SIGKILL");
      await child.exited;
    }
  }, 30_000);
});
