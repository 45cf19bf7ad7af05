import { expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { temporaryFolder } from "../../../tests/fixtures/temporary-folder.ts";
import { describeBlobStore } from "./blob-store.conformance.ts";
import { FolderBlobStore, blobPath } from "./blob-store.ts";

describeBlobStore("blobs in a folder", (folder) => new FolderBlobStore(folder));

test("a blob is on disk before its name, and that with its folders before its key is told", async () => {
  using folder = temporaryFolder();
  const content = "survives a power cut";
  const key = new Bun.CryptoHasher("sha256").update(content).digest("hex");
  const target = join(folder.path, "blobs", blobPath(key));
  const synced: string[] = [];
  const store = new FolderBlobStore(join(folder.path, "blobs"), async (path) => {
    const isThere = existsSync(target) ? "there" : "not yet there";
    synced.push(`${relative(folder.path, path)}: ${isThere}`);
  });
  const put = async (): Promise<string[]> => {
    const path = join(folder.path, "upload");
    writeFileSync(path, content);
    expect(await store.put(path)).toBe(key);
    return synced.splice(0);
  };
  const name = relative(folder.path, dirname(target));
  expect(await put()).toEqual([
    "blobs: not yet there",
    ": not yet there",
    "upload: not yet there",
    `${name}: there`,
  ]);
  await store.remove(key);
  expect(await put()).toEqual(["upload: not yet there", `${name}: there`]);
});

test("a blob that could not be brought to the disk is none", async () => {
  using folder = temporaryFolder();
  const store = new FolderBlobStore(join(folder.path, "blobs"), async (path) => {
    if (path.endsWith("upload")) throw Object.assign(new Error("full"), { code: "ENOSPC" });
  });
  const path = join(folder.path, "upload");
  writeFileSync(path, "no room");
  const problem = await store.put(path).catch((error: unknown) => error);
  expect(problem).toMatchObject({ code: "storage_full" });
  expect(existsSync(path)).toBe(true);
});
