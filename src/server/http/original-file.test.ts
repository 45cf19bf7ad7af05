/** The file of a document is kept for as long as it is being sent, and no longer. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { copyFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../tests/fixtures/temporary-folder.ts";
import { type TestServer, startServer } from "../../../tests/server.ts";
import { createApp } from "../app.ts";
import { anonymousAccount } from "../auth/account-rows.ts";
import { type BlobStore, FolderBlobStore } from "../documents/blob-store.ts";
import { DocumentLibrary } from "../documents/library.ts";

/** More than all buffers on the way hold. */
const BYTES = 30_000_000;

let folder: ReturnType<typeof temporaryFolder>;
let server: TestServer;
let app: ReturnType<typeof createApp>;
let store: FetchingStore;
let library: DocumentLibrary;
let content: Buffer;
let url: string;

/** Fetches a blob to a file of its own when it is opened, and removes that when it is let go. */
class FetchingStore implements BlobStore {
  readonly #kept: FolderBlobStore;
  readonly #folder: string;
  readonly #open = new Set<string>();
  readonly #waiting = new Set<() => void>();
  opened = 0;

  constructor(path: string) {
    this.#kept = new FolderBlobStore(join(path, "blobs"));
    this.#folder = path;
  }

  async put(path: string): Promise<string> {
    return await this.#kept.put(path);
  }

  async open(key: string): Promise<{ path: string } & AsyncDisposable> {
    await using blob = await this.#kept.open(key);
    const path = join(this.#folder, `fetched-${++this.opened}`);
    copyFileSync(blob.path, path);
    this.#open.add(path);
    return {
      path,
      [Symbol.asyncDispose]: async () => {
        rmSync(path);
        this.#open.delete(path);
        for (const look of this.#waiting) look();
      },
    };
  }

  async remove(key: string): Promise<void> {
    await this.#kept.remove(key);
  }

  /** How many are open. */
  get held(): number {
    return this.#open.size;
  }

  /** Resolves when no more than so many are. */
  async untilHeld(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.held <= count) resolve();
    };
    this.#waiting.add(look);
    look();
    await promise;
    this.#waiting.delete(look);
  }
}

beforeEach(async () => {
  folder = temporaryFolder();
  server = await startServer({ LLM_BASE_URL: "http://127.0.0.1:9/v1" });
  store = new FetchingStore(folder.path);
  library = new DocumentLibrary(server.services.db, store);
  app = createApp({ ...server.services, library }).listen({ hostname: "127.0.0.1", port: 0 });
  content = Buffer.alloc(BYTES, "a page of text, ");
  const path = join(folder.path, "upload");
  writeFileSync(path, content);
  const document = await library.add({
    userId: anonymousAccount(server.services.db, "anonymous").id,
    name: "a.pdf",
    source: { path, type: "pdf" },
    bytes: BYTES,
    pages: 1,
  });
  url = `http://127.0.0.1:${app.server?.port}/api/documents/${document.id}/file`;
});
afterEach(async () => {
  if (app.server) await app.stop(true);
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

interface StalledDownload extends Disposable {
  /** Takes what there still is. */
  readOn: () => Promise<Buffer>;
}

/** Takes the first bytes and no more: `fetch` would go on taking what comes into memory of its own. */
async function beginDownload(): Promise<StalledDownload> {
  const { hostname, port, pathname } = new URL(url);
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const parts: Uint8Array[] = [];
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(connection, bytes) {
        if (parts.length === 0) connection.pause();
        parts.push(Uint8Array.from(bytes));
        begun.resolve();
      },
      close: () => ended.resolve(),
    },
  });
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  await begun.promise;
  return {
    async readOn() {
      socket.resume();
      await ended.promise;
      const answer = Buffer.concat(parts);
      return answer.subarray(answer.indexOf("\r\n\r\n") + 4);
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
}

test("it is let go once it has been sent, whole or in parts", async () => {
  const whole = await fetch(url);
  expect(whole.headers.get("content-length")).toBe(String(BYTES));
  expect(Buffer.compare(await whole.bytes(), content)).toBe(0);
  await store.untilHeld(0);
  for (const [range, status] of [
    ["bytes=16-31", 206],
    [`bytes=${BYTES}-`, 416],
  ] as const) {
    const part = await fetch(url, { headers: { range } });
    expect(part.status).toBe(status);
    if (status === 206) expect(await part.text()).toBe("a page of text, ");
    else await part.bytes();
    await store.untilHeld(0);
  }
  expect(store.opened).toBe(3);
});

test("it is held for a reader who takes their time, whatever others do", async () => {
  using slow = await beginDownload();
  await (await fetch(url, { headers: { range: "bytes=0-9" } })).bytes();
  await store.untilHeld(1);
  expect(existsSync(join(folder.path, "fetched-1"))).toBe(true);
  expect(Buffer.compare(await slow.readOn(), content)).toBe(0);
  await store.untilHeld(0);
});

test("it is let go when the reader leaves in the middle", async () => {
  const download = await beginDownload();
  expect(store.held).toBe(1);
  download[Symbol.dispose]();
  await store.untilHeld(0);
  expect(existsSync(join(folder.path, "fetched-1"))).toBe(false);
});

test("it is let go when the server stops in the middle", async () => {
  using _download = await beginDownload();
  await app.stop(true);
  await store.untilHeld(0);
});
