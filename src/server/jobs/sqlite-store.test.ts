import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { anonymousAccount } from "../auth/account-rows.ts";
import { openDatabase } from "../db/client.ts";
import { FolderBlobStore } from "../documents/blob-store.ts";
import { DocumentLibrary } from "../documents/library.ts";
import { searchPages } from "./search.ts";
import { SqliteJobStore } from "./sqlite-store.ts";
import { type StoreSubject, describeJobStore } from "./store.conformance.ts";

interface Subject extends StoreSubject {
  store: SqliteJobStore;
  search: (userIndex: 0 | 1, query: string) => string[];
  library: DocumentLibrary;
}

async function create(): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), "my-ocr-jobs-"));
  const db = openDatabase(":memory:");
  const library = new DocumentLibrary(db, new FolderBlobStore(join(folder, "blobs")));
  const users: [number, number] = [anonymousAccount(db, "one").id, anonymousAccount(db, "two").id];
  const add = async (name: string): Promise<string> => {
    const path = join(folder, name);
    writeFileSync(path, name);
    const source = { path, type: "pdf" as const };
    return (await library.add({ userId: users[0], name, source, bytes: 1, pages: 9 })).id;
  };
  return {
    store: new SqliteJobStore(db),
    library,
    users,
    documents: [await add("first.pdf"), await add("second.pdf")],
    search: (index, query) =>
      searchPages(db, users[index], query, { limit: 10, offset: 0 }).map(
        (hit) => `${hit.documentName} ${hit.page} ${hit.snippet.text}`,
      ),
    [Symbol.dispose]() {
      db.$client.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describeJobStore("the job store on SQLite", create);

test("search finds the texts that count, whoever's they are and nobody else's", async () => {
  using subject = await create();
  const { store, users, documents, library, search } = subject;
  const job = { engine: "e", model: "m", prompt: "p", pages: [1, 2] };
  const { id } = await store.create({ ...job, documentId: documents[0], userId: users[0] });
  const read = (text: string) => ({ engine: "e", model: "m", text });
  await store.endPage(id, 1, read("The invoice total is due"));
  await store.endPage(id, 2, read("乘坐高铁到南丰站下车"));
  expect(search(0, "invoi TOTAL")).toEqual(["first.pdf 1 The invoice total is due"]);
  expect(search(0, "南丰")).toHaveLength(1);
  expect(search(0, "丰南")).toEqual([]);
  expect(search(0, "absent")).toEqual([]);
  expect(search(0, '" OR owner:u1 *')).toEqual([]);
  expect(search(1, "invoice")).toEqual([]);
  await store.editPage(id, 1, "A receipt");
  expect(search(0, "invoice")).toEqual([]);
  expect(search(0, "receipt")).toHaveLength(1);
  await store.restoreVersion(id, 1, 1);
  expect(search(0, "invoice")).toHaveLength(1);
  await library.remove(documents[0]);
  expect(search(0, "invoice")).toEqual([]);
});
