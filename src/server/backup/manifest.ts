/**
 * What is in a backup: `manifest.json`, and beside it its SHA-256 as `sha256sum` writes it. Both are
 * written last and read first; names of files are checked here, before anything is done with them.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SECRET_KEY_FILE } from "../auth/secret-key.ts";
import { syncFile } from "../documents/sync.ts";
import { BackupError } from "./backup-error.ts";
import { checkFile } from "./files.ts";

/** Raised with each change that an older version could not read. */
const FORMAT = 1;
export const DATABASE_FILE = "my-ocr.db";
export const BLOB_FOLDER = "blobs";
const MANIFEST = "manifest.json";
const CHECKSUM = `${MANIFEST}.sha256`;
/** What is no file of the server's. */
export const MANIFEST_FILES: readonly string[] = [MANIFEST, CHECKSUM];
/** Some millions of documents. */
const MOST_MANIFEST_BYTES = 512 * 1024 * 1024;
const MOST_CHECKSUM_BYTES = 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Nothing else can be named, so no name leads out of the folder. */
const PATH = new RegExp(
  `^(?:${DATABASE_FILE.replace(".", "\\.")}|${SECRET_KEY_FILE}|${BLOB_FOLDER}/([0-9a-f]{2})/\\1[0-9a-f]{62})$`,
);
const whole = z.number().int().nonnegative();

const fileSchema = z.object({ path: z.string().regex(PATH), bytes: whole, sha256 });
const manifestSchema = z.object({
  format: z.literal(FORMAT),
  /** Of My OCR, and the commit where it is known. */
  version: z.string(),
  commit: z.string().nullable(),
  createdAt: z.iso.datetime(),
  /** The newest step of `drizzle/` in the database. */
  migration: z.string(),
  /** Rows of each table. */
  rows: z.record(z.string(), whole),
  files: z
    .array(fileSchema)
    .refine((files) => new Set(files.map(({ path }) => path)).size === files.length, "a file twice")
    .refine((files) => files.some(({ path }) => path === DATABASE_FILE), "no database"),
  /** Keys of blobs that the database names, and that the server had lost or damaged before. */
  lost: z.array(sha256),
});

export type ListedFile = z.infer<typeof fileSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** Writes it durably into the folder of a backup. */
export async function writeManifest(
  folder: string,
  manifest: Omit<Manifest, "format">,
): Promise<void> {
  const text = `${JSON.stringify({ format: FORMAT, ...manifest }, null, 1)}\n`;
  const checksum = `${sha256Of(text)}  ${MANIFEST}\n`;
  for (const [name, content] of [
    [MANIFEST, text],
    [CHECKSUM, checksum],
  ] as const) {
    await writeFile(join(folder, name), content, { flag: "wx", mode: 0o600 });
    await syncFile(join(folder, name));
  }
}

/** @throws BackupError where there is none, it is damaged, or of a newer version. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readSmall(folder, MANIFEST, MOST_MANIFEST_BYTES);
  const checksum = await readSmall(folder, CHECKSUM, MOST_CHECKSUM_BYTES);
  if (checksum.trim() !== `${sha256Of(text)}  ${MANIFEST}`) {
    throw new BackupError(`${MANIFEST} in ${folder} is damaged. Use another backup.`);
  }
  const json = parseJson(text);
  const head = z.object({ format: whole, version: z.string() }).safeParse(json);
  if (head.success && head.data.format > FORMAT) {
    throw new BackupError(
      `The backup was made by a newer version of My OCR (${head.data.version}). Restore it with that version or a later one.`,
    );
  }
  const manifest = manifestSchema.safeParse(json);
  if (manifest.success) return manifest.data;
  const [issue] = manifest.error.issues;
  throw new BackupError(
    `${MANIFEST} in ${folder} is no manifest of a backup: ${issue?.path.join(".")} ${issue?.message}. Use another backup.`,
  );
}

/** The bytes of all files together. */
export function sizeOf({ files }: Pick<Manifest, "files">): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function readSmall(folder: string, name: string, mostBytes: number): Promise<string> {
  const bytes = await checkFile(folder, name);
  if (bytes > mostBytes) throw new BackupError(`${name} in ${folder} is too large to be real.`);
  return await readFile(join(folder, name), "utf8");
}

function sha256Of(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
