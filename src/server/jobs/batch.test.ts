import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { anonymousAccount } from "../auth/account-rows.ts";
import { type Db, openDatabase } from "../db/client.ts";
import { jobs } from "../db/schema.ts";
import { FolderBlobStore } from "../documents/blob-store.ts";
import { DocumentLibrary } from "../documents/library.ts";
import { Batches } from "./batch.ts";
import { SqliteJobStore } from "./sqlite-store.ts";

let folder: string;
let db: Db;
let store: SqliteJobStore;
let batches: Batches;
let documentId: string;
let userId: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-batch-"));
  db = openDatabase(":memory:");
  store = new SqliteJobStore(db);
  batches = new Batches(db);
  userId = anonymousAccount(db, "one").id;
  const library = new DocumentLibrary(db, new FolderBlobStore(join(folder, "blobs")));
  const path = join(folder, "file");
  writeFileSync(path, "file");
  const source = { path, type: "pdf" as const };
  documentId = (await library.add({ userId, name: "a.pdf", source, bytes: 1, pages: 9 })).id;
});
afterEach(() => {
  db.$client.close();
  rmSync(folder, { recursive: true, force: true });
});

async function newJob(pages: number): Promise<string> {
  const numbers = Array.from({ length: pages }, (_, index) => index + 1);
  const engine = { engine: "scripted", model: "test", prompt: "Read." };
  return (await store.create({ documentId, userId, ...engine, pages: numbers })).id;
}

async function read(id: string, pages: number): Promise<void> {
  await store.setState(id, "running");
  for (let page = 1; page <= pages; page++) {
    await store.endPage(id, page, { engine: "scripted", model: "test", text: "text" });
  }
}

function lastEnd(): number {
  return Math.max(
    ...db
      .select({ at: jobs.endedAt })
      .from(jobs)
      .all()
      .map(({ at }) => at ?? 0),
  );
}

test("nothing is being read: there is no batch", async () => {
  expect(batches.get(userId)).toBeUndefined();
  await store.setState(await newJob(2), "done");
  expect(batches.get(userId)).toBeUndefined();
});

test("what has ended stays part of the batch, so that its share only grows", async () => {
  await store.setState(await newJob(5), "done");
  // In another millisecond, by which the store tells what went on at the same time.
  while (Date.now() === lastEnd()) await Bun.sleep(1);
  const [first, second] = [await newJob(2), await newJob(8)];
  await read(first, 1);
  expect(batches.get(userId)).toEqual({
    first,
    files: 2,
    runningFiles: 2,
    cancelledFiles: 0,
    pages: 10,
    endedPages: 1,
    failedPages: 0,
  });
  await read(first, 2);
  await store.setState(first, "done");
  await read(second, 3);
  await store.failPage(second, 4, { code: "engine_failed", detail: "No." });
  const later = { files: 2, runningFiles: 1, pages: 10, endedPages: 6, failedPages: 1 };
  expect(batches.get(userId, first)).toMatchObject(later);
  // Also for who comes now, and knows nothing.
  expect(batches.get(userId)).toMatchObject({ first, ...later });
  await store.setState(second, "partial");
  expect(batches.get(userId, first)).toMatchObject({ files: 2, runningFiles: 0, endedPages: 10 });
});

test("what was called off is over, what is paused does not count, and others have their own", async () => {
  const [first, second] = [await newJob(2), await newJob(8)];
  await store.setState(first, "cancelled");
  await store.setState(second, "paused");
  const third = await newJob(3);
  const batch = batches.get(userId, first);
  expect(batch).toMatchObject({ files: 2, runningFiles: 1, cancelledFiles: 1, endedPages: 2 });
  await store.setState(third, "done");
  expect(batches.get(userId)).toBeUndefined();
  expect(batches.get(anonymousAccount(db, "two").id, first)).toBeUndefined();
});
