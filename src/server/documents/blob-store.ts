/**
 * Files by the hash of their content: the same bytes are kept once. Whoever keeps a blob notes its
 * key; removing what nobody notes any more is up to them.
 */
import { createReadStream } from "node:fs";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError, hasCode } from "../errors.ts";
import { syncFile } from "./sync.ts";

export interface BlobStore {
  /**
   * Takes a file over: it is gone from its path afterwards, and its bytes survive a power cut.
   *
   * @returns its key.
   * @throws AppError storage_full.
   */
  put(path: string): Promise<string>;
  /**
   * Where its bytes can be read as a file. Disposing says that they are not needed any more, for
   * stores that fetch them first.
   *
   * @throws AppError blob_missing.
   */
  open(key: string): Promise<{ path: string } & AsyncDisposable>;
  /** Whether it is there or not. */
  remove(key: string): Promise<void>;
}

/** SHA-256 in hexadecimal: nothing else becomes part of a path. */
const KEY = /^[0-9a-f]{64}$/;

/** Blobs in a folder, by the first two digits of their key. */
export class FolderBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #sync: typeof syncFile;

  /** @param sync has a file, or the names in a folder, on disk when it resolves. */
  constructor(folder: string, sync = syncFile) {
    this.#folder = folder;
    this.#sync = sync;
  }

  async put(path: string): Promise<string> {
    const key = await hashOf(path);
    const target = this.#pathOf(key);
    try {
      await this.#makeFolder(dirname(target));
      // Whole or not at all, also when the power goes: its bytes are on disk before its name, and
      // that is before anybody notes the key. The same bytes may be there already.
      await this.#sync(path);
      await rename(path, target).catch(async (error: unknown) => {
        if (!hasCode(error, "EXDEV")) throw error;
        await copyFile(path, `${target}.part`);
        await this.#sync(`${target}.part`);
        await rename(`${target}.part`, target);
        await rm(path, { force: true });
      });
      await this.#sync(dirname(target));
    } catch (error) {
      if (!hasCode(error, "ENOSPC")) throw error;
      throw new AppError("storage_full", "The server's disk is full. Tell its operator.");
    }
    return key;
  }

  async open(key: string): Promise<{ path: string } & AsyncDisposable> {
    const path = this.#pathOf(key);
    if (!(await Bun.file(path).exists())) {
      throw new AppError(
        "blob_missing",
        "The file of this document is not on the server's disk any more. Upload it again.",
      );
    }
    return { path, [Symbol.asyncDispose]: async () => {} };
  }

  async remove(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  /** With the names of all that was made on the way to it. */
  async #makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) {
      await this.#sync(dirname(made));
    }
  }

  #pathOf(key: string): string {
    return join(this.#folder, blobPath(key));
  }
}

/** Where in such a folder a blob lies. @throws Error where that is no key. */
export function blobPath(key: string): string {
  if (!KEY.test(key)) throw new Error("not the key of a blob");
  return join(key.slice(0, 2), key);
}

/** SHA-256 of a file in hexadecimal: its key. */
export async function hashOf(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
