/** Documents of mupdf, read from disk piece by piece, and the few that a child keeps open. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import * as mupdf from "mupdf";
import { fileTypes } from "../../shared/file-types.ts";
import { AppError } from "../errors.ts";
import { failure } from "./failures.ts";
import { type ReadBytes, type TiffPageSize, isBigTiff, tiffSizes } from "./image-size.ts";
import { repairPageTree } from "./page-tree.ts";
import { passwordForms } from "./password-forms.ts";
import type { DocumentSource } from "./task.ts";

/** Open at once in one child: enough for two documents that take turns. */
const KEPT_OPEN = 2;

/** A stream over the file, so that a PDF of 90 MB does not take 90 MB in every child. */
function fileStream(path: string): mupdf.Stream {
  const file = openSync(path, "r");
  const { size } = fstatSync(file);
  return new mupdf.Stream({
    fileSize: () => size,
    read: (memory, offset, length, position) => readSync(file, memory, offset, length, position),
    close: () => closeSync(file),
  });
}

export interface OpenDocument {
  document: mupdf.Document;
  /** Pages that are really there, as far as was looked (see `repairPageTree`). */
  pages: number;
  /** The pages of a TIFF, as its directories describe them. */
  tiffPages: TiffPageSize[];
}

/** @throws AppError password_needed, password_wrong, and whatever mupdf throws at damaged files. */
function openDocument(source: DocumentSource, maxPages: number): OpenDocument {
  const tiffPages = source.type === "tiff" ? readTiffPages(source.path, maxPages) : [];
  const stream = fileStream(source.path);
  let document: mupdf.Document;
  try {
    document = mupdf.Document.openDocument(stream, fileTypes[source.type].mime);
  } finally {
    // The document holds the stream by itself.
    stream.destroy();
  }
  try {
    if (document.needsPassword()) authenticate(document, source.password);
    const pages =
      document instanceof mupdf.PDFDocument
        ? repairPageTree(document, maxPages)
        : document.countPages();
    return { document, pages, tiffPages };
  } catch (error) {
    document.destroy();
    throw error;
  }
}

function readTiffPages(path: string, maxPages: number): TiffPageSize[] {
  const file = openSync(path, "r");
  try {
    const read: ReadBytes = (offset, length) => {
      const bytes = new Uint8Array(length);
      const count = readSync(file, bytes, 0, length, offset);
      return count === length ? new DataView(bytes.buffer) : undefined;
    };
    if (isBigTiff(read)) {
      throw new AppError("file_unsupported", "BigTIFF is not read. Save the file as a plain TIFF.");
    }
    return tiffSizes(read, maxPages);
  } finally {
    closeSync(file);
  }
}

function authenticate(document: mupdf.Document, password: string | undefined): void {
  if (password === undefined || password === "") throw failure("password_needed");
  const opens = passwordForms(password).some((form) => document.authenticatePassword(form) !== 0);
  if (!opens) throw failure("password_wrong");
}

/** The documents that a child has open, the one used last at the end. */
export class OpenDocuments {
  readonly #open = new Map<string, OpenDocument>();

  get(source: DocumentSource, maxPages: number): OpenDocument {
    // A path that is used again for another file must not show the old one.
    const { ino, size, mtimeMs } = statSync(source.path);
    const key = JSON.stringify([source.path, ino, size, mtimeMs, source.password, maxPages]);
    const kept = this.#open.get(key);
    this.#open.delete(key);
    for (const [oldest, { document }] of this.#open) {
      if (this.#open.size < KEPT_OPEN) break;
      document.destroy();
      this.#open.delete(oldest);
    }
    const document = kept ?? openDocument(source, maxPages);
    this.#open.set(key, document);
    return document;
  }
}
