/** Whether a backup is whole: its manifest, each file's size and hash, and the database itself. */
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { hashOf } from "../documents/blob-store.ts";
import { BackupError } from "./backup-error.ts";
import { checkFile } from "./files.ts";
import {
  BLOB_FOLDER,
  DATABASE_FILE,
  type ListedFile,
  type Manifest,
  readManifest,
} from "./manifest.ts";
import type { OnProgress } from "./progress.ts";
import { checkSnapshot } from "./snapshot.ts";

/**
 * Reads every byte of a backup.
 *
 * @throws BackupError at the first thing that is wrong; DatabaseTooNewError.
 */
export async function verifyBackup(
  folder: string,
  onProgress: OnProgress = () => {},
  signal?: AbortSignal,
): Promise<Manifest> {
  const manifest = await readManifest(folder);
  for (const [done, file] of manifest.files.entries()) {
    signal?.throwIfAborted();
    onProgress({ stage: "verify", done, all: manifest.files.length });
    await verifyFile(folder, file);
  }
  verifyDatabase(folder, manifest);
  return manifest;
}

/** That it is there and as large as it says. @throws BackupError. */
export async function verifySize(folder: string, { path, bytes }: ListedFile): Promise<void> {
  const found = await checkFile(folder, path);
  if (found === bytes) return;
  throw new BackupError(
    `${path} in ${folder} has ${found} bytes instead of ${bytes}. Use another backup.`,
  );
}

async function verifyFile(folder: string, file: ListedFile): Promise<void> {
  await verifySize(folder, file);
  const isBlob = file.path.startsWith(`${BLOB_FOLDER}/`);
  const hash = await hashOf(join(folder, file.path));
  if (hash === file.sha256 && (!isBlob || file.path.endsWith(hash))) return;
  throw new BackupError(`${file.path} in ${folder} is damaged. Use another backup.`);
}

function verifyDatabase(folder: string, { migration, rows, files, lost }: Manifest): void {
  const facts = checkSnapshot(join(folder, DATABASE_FILE));
  const has = new Set([...files.map(({ path }) => path.split("/").at(-1)), ...lost]);
  const missing = facts.blobs.find((blob) => !has.has(blob));
  if (missing !== undefined) {
    throw new BackupError(
      `The file ${missing} of a document is missing in ${folder}. Use another backup.`,
    );
  }
  if (facts.migration === migration && isDeepStrictEqual(facts.rows, rows)) return;
  throw new BackupError(
    `The database in ${folder} is not the one that its manifest describes. Use another backup.`,
  );
}
