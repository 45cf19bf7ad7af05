import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelSets } from "./model-sets.ts";
import { fetchModel } from "./models-fetch.ts";

const content = new Uint8Array(300_000).fill(7);
const sha256 = new Bun.CryptoHasher("sha256").update(content).digest("hex");
const file = { path: "PP-OCRv9/rec/some_rec.onnx", sha256 };

let folder: string;
let requests: string[];
let server: ReturnType<typeof Bun.serve>;
let answer: () => Response;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-fetch-"));
  requests = [];
  answer = () => new Response(content);
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      requests.push(new URL(request.url).pathname);
      return answer();
    },
  });
});
afterEach(async () => {
  await server.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

describe("fetching models", () => {
  test("a file is kept under its own name, and not fetched twice", async () => {
    const path = await fetchModel(file, `${server.url.href}onnx/`, folder);
    expect(path).toBe(join(folder, "some_rec.onnx"));
    expect(new Uint8Array(await Bun.file(path).arrayBuffer())).toEqual(content);
    await fetchModel(file, `${server.url.href}onnx`, folder);
    expect(requests).toEqual(["/onnx/PP-OCRv9/rec/some_rec.onnx"]);
    expect(readdirSync(folder)).toEqual(["some_rec.onnx"]);
  });

  test("a file that was damaged meanwhile is fetched again", async () => {
    writeFileSync(join(folder, "some_rec.onnx"), "half");
    await fetchModel(file, server.url.href, folder);
    expect(requests).toHaveLength(1);
  });

  test("a file with another content is refused, and nothing of it is kept", async () => {
    answer = () => new Response("<html>Sign in first</html>");
    expect(fetchModel(file, server.url.href, folder)).rejects.toThrow(/SHA-256/);
    await fetchModel(file, server.url.href, folder).catch(() => {});
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a missing file, and a server that is not there, are said in words", async () => {
    answer = () => new Response("", { status: 404 });
    expect(fetchModel(file, server.url.href, folder)).rejects.toThrow(/status 404/);
    await fetchModel(file, server.url.href, folder).catch(() => {});
    const gone = server.url.href;
    await server.stop(true);
    expect(fetchModel(file, gone, folder)).rejects.toThrow(/could not be fetched/);
    await fetchModel(file, gone, folder).catch(() => {});
    expect(readdirSync(folder)).toEqual([]);
  });

  test("every set has a detection and a recognition model with a whole SHA-256", () => {
    for (const { files } of Object.values(modelSets)) {
      expect(files.map(({ path }) => /\/(det|rec)\//.exec(path)?.[1])).toEqual(["det", "rec"]);
      for (const one of files) expect(one.sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});
