/** The suite that every blob store passes. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlobStore } from "./blob-store.ts";

/** @param create a store that keeps what it has to in an empty folder. */
export function describeBlobStore(name: string, create: (folder: string) => BlobStore): void {
  let folder: string;
  let store: BlobStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "my-ocr-blobs-"));
    store = create(join(folder, "store"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  let files = 0;
  function file(content: string | Uint8Array): string {
    const path = join(folder, `file-${++files}`);
    writeFileSync(path, content);
    return path;
  }

  async function read(key: string): Promise<string> {
    await using blob = await store.open(key);
    return await Bun.file(blob.path).text();
  }

  describe(name, () => {
    test("gives back what it was given, and has taken the file over", async () => {
      const path = file("some bytes");
      const key = await store.put(path);
      expect(await read(key)).toBe("some bytes");
      expect(existsSync(path)).toBe(false);
    });

    test("names the same bytes the same, others otherwise", async () => {
      const [one, same, other] = [file("a"), file("a"), file("b")];
      const key = await store.put(one);
      expect(await store.put(same)).toBe(key);
      expect(await store.put(other)).not.toBe(key);
      expect(await read(key)).toBe("a");
    });

    test("keeps large files whole", async () => {
      const bytes = new Uint8Array(5_000_000).map((_, index) => index % 251);
      const key = await store.put(file(bytes));
      await using blob = await store.open(key);
      expect(Bun.SHA256.hash(await Bun.file(blob.path).bytes(), "hex")).toBe(
        Bun.SHA256.hash(bytes, "hex"),
      );
    });

    test("what was removed is missing, and may be removed again", async () => {
      const key = await store.put(file("x"));
      await store.remove(key);
      await store.remove(key);
      expect(await store.open(key).catch((error: unknown) => error)).toMatchObject({
        code: "blob_missing",
      });
    });

    test.each(["../../etc/passwd", "", "A".repeat(64)])("%j is no key", async (key) => {
      expect(await store.open(key).catch((error: unknown) => error)).toBeInstanceOf(Error);
      expect(await store.remove(key).catch((error: unknown) => error)).toBeInstanceOf(Error);
    });
  });
}
