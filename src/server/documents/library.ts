/**
 * The documents that people keep: a row with their name, and their bytes in the blob store. Every
 * function that somebody asks for takes whose document it has to be; another's is not there.
 */
import type { Database } from "bun:sqlite";
import { and, eq, inArray, lt, notExists } from "drizzle-orm";
import { z } from "zod";
import { fileTypeIds } from "../../shared/file-types.ts";
import { unfinishedStates } from "../../shared/job-states.ts";
import type { Document } from "../../shared/jobs.ts";
import type { Db } from "../db/client.ts";
import { documents, jobs } from "../db/schema.ts";
import { AppError } from "../errors.ts";
import type { DocumentSource } from "../raster/raster.ts";
import type { BlobStore } from "./blob-store.ts";
import { Turns } from "./turns.ts";

export interface NewDocument {
  userId: number;
  name: string;
  source: DocumentSource;
  bytes: number;
  pages: number;
}

type Row = typeof documents.$inferSelect;

/** All of them take the same turns: whose bytes they are is known only in the middle of a change. */
const BLOBS = "blobs";
const MOST_NAME_CHARS = 255;
const fileTypeSchema = z.enum(fileTypeIds);

export class DocumentLibrary {
  readonly #db: Db;
  readonly #blobs: BlobStore;
  /** Of changes of blobs: the same bytes must not be added while it is decided that nobody has them. */
  readonly #turns = new Turns();

  constructor(db: Db, blobs: BlobStore) {
    this.#db = db;
    this.#blobs = blobs;
  }

  /** Takes the file over. @throws AppError storage_full. */
  async add({ userId, name, source, bytes, pages }: NewDocument): Promise<Document> {
    return await this.#turns.take(BLOBS, async () => {
      const blob = await this.#blobs.put(source.path);
      const row = this.#db
        .insert(documents)
        .values({
          id: Bun.randomUUIDv7(),
          userId,
          name: cleanName(name),
          fileType: source.type,
          bytes,
          blob,
          password: source.password ?? null,
          pages,
          createdAt: Date.now(),
        })
        .returning()
        .get();
      return toDocument(row);
    });
  }

  /** @throws AppError document_not_found. */
  get(userId: number, id: string): Document {
    return toDocument(this.#row(id, userId));
  }

  /** @throws AppError document_not_found. */
  rename(userId: number, id: string, name: string): Document {
    this.#row(id, userId);
    const row = this.#db
      .update(documents)
      .set({ name: cleanName(name) })
      .where(eq(documents.id, id))
      .returning()
      .get();
    return toDocument(row);
  }

  /** For the server's own work, whoever's it is. */
  has(id: string): boolean {
    return this.#rowOf(id) !== undefined;
  }

  /** The same. @throws AppError document_not_found. */
  find(id: string): Document {
    return toDocument(this.#row(id));
  }

  /** Its file, for the raster. @throws AppError document_not_found, blob_missing. */
  async open(id: string): Promise<{ source: DocumentSource } & AsyncDisposable> {
    const row = this.#row(id);
    const blob = await this.#blobs.open(row.blob);
    const { password } = row;
    return {
      source: {
        path: blob.path,
        type: fileTypeSchema.parse(row.fileType),
        ...(password !== null && { password }),
      },
      [Symbol.asyncDispose]: async () => await blob[Symbol.asyncDispose](),
    };
  }

  /** File, jobs and texts are gone; what was used stays. No job of it may run any more. */
  async remove(id: string): Promise<void> {
    await this.#turns.take(BLOBS, async () => {
      const { blob } = this.#row(id);
      this.#db.transaction(() => forgetDocument(this.#db.$client, id));
      const other = this.#db.select().from(documents).where(eq(documents.blob, blob)).get();
      if (!other) await this.#blobs.remove(blob);
    });
  }

  /** Documents from before a time that no job is about to read, the oldest first. */
  olderThan(time: number, limit: number): string[] {
    const unfinished = this.#db
      .select({ id: jobs.id })
      .from(jobs)
      .where(and(eq(jobs.documentId, documents.id), inArray(jobs.state, unfinishedStates)));
    return this.#db
      .select({ id: documents.id })
      .from(documents)
      .where(and(lt(documents.createdAt, time), notExists(unfinished)))
      .orderBy(documents.createdAt)
      .limit(limit)
      .all()
      .map(({ id }) => id);
  }

  #rowOf(id: string, userId?: number): Row | undefined {
    const isOwn = userId === undefined ? undefined : eq(documents.userId, userId);
    return this.#db
      .select()
      .from(documents)
      .where(and(eq(documents.id, id), isOwn))
      .get();
  }

  #row(id: string, userId?: number): Row {
    const row = this.#rowOf(id, userId);
    if (!row) throw new AppError("document_not_found", "There is no such document of yours.");
    return row;
  }
}

const FORGET_TEXTS = `
  DELETE FROM page_search WHERE rowid IN (
    SELECT page_versions.id FROM page_versions
    JOIN jobs ON jobs.id = page_versions.job_id
    JOIN job_pages ON job_pages.job_id = jobs.id
      AND job_pages.page = page_versions.page AND job_pages.version = page_versions.version
    WHERE jobs.document_id = ?
  )`;

/** Its rows alone, with all that was read; needs foreign keys on. Call it in a transaction. */
export function forgetDocument(client: Database, id: string): void {
  client.run(FORGET_TEXTS, [id]);
  client.run("DELETE FROM documents WHERE id = ?", [id]);
}

/** A file's name, for people only: nothing on disk is called so. */
function cleanName(name: string): string {
  const printable = name.replace(/[\p{Cc}\p{Cf}]/gu, "").trim();
  const base = printable.split(/[\\/]/).at(-1)?.trim() ?? "";
  return Array.from(base).slice(0, MOST_NAME_CHARS).join("") || "document";
}

/** A row as it travels. */
export function toDocument(row: Row): Document {
  const { id, name, fileType, bytes, pages } = row;
  return { id, name, fileType, bytes, pages, createdAt: new Date(row.createdAt).toISOString() };
}
