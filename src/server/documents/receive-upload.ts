/**
 * Receives a multipart form and spools its file to disk as it arrives: memory stays flat however
 * large the file is. What the form calls the file (name, MIME type) decides nothing.
 */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyFileStream } from "@fastify/busboy";
import { AppError, hasCode } from "../errors.ts";

export interface UploadLimits {
  maxBytes: number;
  timeoutMs: number;
  /** In each such time some KiB have to come: a sender that trickles would hold its connection. */
  progressMs: number;
}

/** A received form. Disposing it removes the file. */
export interface Upload extends AsyncDisposable {
  /** The spooled file; its name on disk is the server's own. */
  path: string;
  bytes: number;
  /** What the sender calls it; for people only. */
  fileName: string;
  /** The form's other fields, the last of each name. */
  fields: ReadonlyMap<string, string>;
}

const FILE_FIELD = "file";
const MIB = 1024 * 1024;
/** Room for what a form holds beside its file. */
const FORM_OVERHEAD_BYTES = 4 * MIB;
/** In each `progressMs`: a poor mobile connection sends as much in a second or two. */
const PROGRESS_BYTES = 10 * 1024;
/** Fields are prompts, page ranges and passwords: no need for more. */
const FORM_LIMITS = { fieldSize: 64 * 1024, fields: 32, parts: 64, headerPairs: 32 };

/**
 * @param signal aborted when the sender goes away.
 * @throws AppError file_missing, file_empty, file_too_large, form_invalid, upload_timeout,
 *   upload_incomplete, storage_full.
 */
export async function receiveUpload(
  request: Request,
  spoolDirectory: string,
  limits: UploadLimits,
  signal: AbortSignal,
): Promise<Upload> {
  const path = join(spoolDirectory, randomUUID());
  const remove = async (): Promise<void> => await rm(path, { force: true });
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(uploadTimeout(limits)), limits.timeoutMs);
  const onAbort = (): void => ending.abort(uploadIncomplete());
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal.aborted) throw uploadIncomplete();
    const { bytes, fileName, fields } = await new FormReader(path, limits, ending.signal).read(
      request,
    );
    if (bytes === undefined) throw fileMissing();
    if (bytes === 0) throw new AppError("file_empty", "The file is empty. Send one with content.");
    return { path, bytes, fileName, fields, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** One pass over one form. */
class FormReader {
  readonly #path: string;
  readonly #limits: UploadLimits;
  readonly #signal: AbortSignal;
  readonly #fields = new Map<string, string>();
  #spooled: Promise<number> | undefined;
  #stream: BusboyFileStream | undefined;
  #fileName = "";
  /** The first thing that went wrong; it ends the reading. */
  readonly #failed = Promise.withResolvers<never>();

  constructor(path: string, limits: UploadLimits, signal: AbortSignal) {
    this.#path = path;
    this.#limits = limits;
    this.#signal = signal;
    this.#failed.promise.catch(() => {});
    signal.addEventListener("abort", () => this.#failed.reject(signal.reason), { once: true });
  }

  async read(
    request: Request,
  ): Promise<{ bytes: number | undefined; fileName: string; fields: Map<string, string> }> {
    const { body } = request;
    const busboy = this.#createParser(request.headers.get("content-type") ?? "");
    if (!body) throw formInvalid();
    const announced = Number(request.headers.get("content-length"));
    if (announced > this.#limits.maxBytes + FORM_OVERHEAD_BYTES) throw fileTooLarge(this.#limits);
    const finished = new Promise<void>((resolve) => busboy.once("finish", resolve));
    const reader = body.getReader();
    try {
      await Promise.race([this.#pump(reader, busboy), this.#failed.promise]);
      await Promise.race([finished, this.#failed.promise]);
      const bytes = await Promise.race([this.#spooled, this.#failed.promise]);
      return { bytes, fileName: this.#fileName, fields: this.#fields };
    } catch (error) {
      // Not awaited: cancelling a body that the sender still sends may take its time.
      void reader.cancel().catch(() => {});
      busboy.destroy();
      // The parser does not end the file that it was in the middle of.
      this.#stream?.destroy();
      await this.#spooled?.catch(() => {});
      throw error;
    }
  }

  #createParser(contentType: string): InstanceType<typeof Busboy> {
    if (!/^multipart\/form-data\s*;.*boundary=/is.test(contentType)) throw formInvalid();
    let busboy: InstanceType<typeof Busboy>;
    try {
      busboy = new Busboy({
        headers: { "content-type": contentType },
        limits: { ...FORM_LIMITS, fileSize: this.#limits.maxBytes },
        isPartAFile: (field, _type, fileName) => field === FILE_FIELD || fileName !== undefined,
      });
    } catch {
      throw formInvalid();
    }
    busboy.on("file", (field, stream, fileName) => this.#onFile(field, stream, fileName));
    busboy.on("field", (field, value, _nameTruncated, valueTruncated) => {
      if (valueTruncated) this.#failed.reject(fieldTooLong(field));
      else this.#fields.set(field, value);
    });
    busboy.on("error", () => this.#failed.reject(uploadIncomplete()));
    return busboy;
  }

  #onFile(field: string, stream: BusboyFileStream, fileName: string | undefined): void {
    // Of several files the first one counts.
    if (field !== FILE_FIELD || this.#spooled) {
      stream.on("error", () => {});
      stream.resume();
      return;
    }
    stream.once("limit", () => this.#failed.reject(fileTooLarge(this.#limits)));
    this.#stream = stream;
    this.#fileName = fileName ?? "";
    this.#spooled = this.#spool(stream);
    this.#spooled.catch((error) => this.#failed.reject(error));
  }

  async #spool(stream: BusboyFileStream): Promise<number> {
    try {
      const file = createWriteStream(this.#path, { flags: "wx", mode: 0o600 });
      await pipeline(stream, file, { signal: this.#signal });
      return stream.bytesRead;
    } catch (error) {
      if (hasCode(error, "ENOSPC")) {
        throw new AppError("storage_full", "The server's disk is full. Tell its operator.");
      }
      throw this.#signal.aborted ? this.#signal.reason : uploadIncomplete();
    }
  }

  async #pump(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    busboy: InstanceType<typeof Busboy>,
  ): Promise<void> {
    let recent = 0;
    const watch = setInterval(() => {
      if (recent < PROGRESS_BYTES) this.#failed.reject(uploadStalled(this.#limits));
      recent = 0;
    }, this.#limits.progressMs);
    try {
      for (;;) {
        const { done, value } = await reader.read().catch(() => {
          throw uploadIncomplete();
        });
        if (done) break;
        recent += value.length;
        if (!busboy.write(value)) {
          await new Promise<void>((resolve) => busboy.once("drain", resolve));
        }
      }
    } finally {
      clearInterval(watch);
    }
    busboy.end();
  }
}

function fileMissing(): AppError {
  return new AppError("file_missing", 'The form has no file. Send it in a field named "file".');
}

function formInvalid(): AppError {
  return new AppError(
    "form_invalid",
    'Send the file as multipart/form-data in a field named "file", for instance with curl -F file=@scan.pdf.',
  );
}

function fieldTooLong(field: string): AppError {
  const name = field.slice(0, 40);
  return new AppError("form_invalid", `The field "${name}" is longer than 64 KiB. Shorten it.`);
}

function fileTooLarge({ maxBytes }: UploadLimits): AppError {
  return new AppError(
    "file_too_large",
    `The file is larger than ${Math.round(maxBytes / MIB)} MiB. Send a smaller one, split it, or ask the operator to raise MAX_UPLOAD_MB.`,
  );
}

function uploadTimeout({ timeoutMs }: UploadLimits): AppError {
  return new AppError(
    "upload_timeout",
    `The upload took longer than ${Math.round(timeoutMs / 1000)} s. Send a smaller file or use a faster connection.`,
  );
}

function uploadStalled({ progressMs }: UploadLimits): AppError {
  return new AppError(
    "upload_timeout",
    `Less than ${PROGRESS_BYTES / 1024} KiB of the upload came within ${Math.round(progressMs / 1000)} s. Use a faster connection.`,
  );
}

function uploadIncomplete(): AppError {
  return new AppError(
    "upload_incomplete",
    "The upload ended before the form was complete. Send it again.",
  );
}
