/**
 * Small bodies: JSON and forms without files, limited in bytes and seconds, checked by a schema.
 * Files go through `documents/receive-upload.ts`.
 */
import type { z } from "zod";
import type { ErrorCode } from "../../shared/api-errors.ts";
import { AppError, validationFailed } from "../errors.ts";

export interface BodyLimits {
  maxBytes: number;
  timeoutMs: number;
}

const KIB = 1024;
const DEFAULT_LIMITS: BodyLimits = { maxBytes: 64 * KIB, timeoutMs: 10_000 };

/** What a route that reads such a body may fail on. */
export const bodyProblems: readonly ErrorCode[] = [
  "content_type_unsupported",
  "body_too_large",
  "body_malformed",
  "upload_timeout",
  "upload_incomplete",
  "validation_failed",
];

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const MULTIPART_TYPE = /^multipart\/form-data\s*;/i;

/**
 * A JSON body as the schema has it.
 *
 * @throws AppError content_type_unsupported, body_too_large, body_malformed, upload_timeout,
 *   upload_incomplete, validation_failed.
 */
export async function readJson<T>(
  request: Request,
  schema: z.ZodType<T>,
  limits: BodyLimits = DEFAULT_LIMITS,
): Promise<T> {
  if (!JSON_TYPE.test(contentType(request))) throw unsupported("application/json");
  const bytes = await readBytes(request, limits);
  let value: unknown;
  try {
    value = JSON.parse(decode(bytes));
  } catch (error) {
    throw malformed("The body is no valid JSON. Correct it and send it again.", error);
  }
  return checked(schema, value);
}

/**
 * The text fields of a form, urlencoded or multipart, as the schema has them. The last of each name
 * counts; files in it are left out.
 *
 * @throws as `readJson`.
 */
export async function readForm<T>(
  request: Request,
  schema: z.ZodType<T>,
  limits: BodyLimits = DEFAULT_LIMITS,
): Promise<T> {
  const type = contentType(request);
  const isMultipart = MULTIPART_TYPE.test(type);
  if (!isMultipart && !FORM_TYPE.test(type)) {
    throw unsupported("application/x-www-form-urlencoded or multipart/form-data");
  }
  const bytes = await readBytes(request, limits);
  try {
    const form = isMultipart
      ? await new Response(bytes, { headers: { "content-type": type } }).formData()
      : new URLSearchParams(decode(bytes));
    const texts = [...form].filter(([, value]) => typeof value === "string");
    return checked(schema, Object.fromEntries(texts));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw malformed("The body is no valid form. Correct it and send it again.", error);
  }
}

function contentType(request: Request): string {
  return request.headers.get("content-type")?.trim() ?? "";
}

/** @throws AppError validation_failed, with what is wrong of it. */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw validationFailed(result.error);
  return result.data;
}

/** Text that is no UTF-8 is refused: replaced letters would make another text of it. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/**
 * A body as it is.
 *
 * @throws AppError body_too_large, upload_timeout, upload_incomplete.
 */
export async function readBytes(
  request: Request,
  limits: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get("content-length")) > limits.maxBytes) throw tooLarge(limits);
  if (!request.body) return new Uint8Array(0);
  const reader = request.body.getReader();
  const ended = Promise.withResolvers<never>();
  const timer = setTimeout(() => ended.reject(tooSlow(limits)), limits.timeoutMs);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), ended.promise]);
      if (done) return Buffer.concat(chunks);
      size += value.length;
      if (size > limits.maxBytes) throw tooLarge(limits);
      chunks.push(value);
    }
  } catch (error) {
    // Not awaited: cancelling a body that the sender still sends may take its time.
    void reader.cancel().catch(() => {});
    throw error instanceof AppError ? error : incomplete(error);
  } finally {
    clearTimeout(timer);
  }
}

function unsupported(accepted: string): AppError {
  return new AppError(
    "content_type_unsupported",
    `The body has to be ${accepted}, and the header Content-Type has to say so.`,
  );
}

function malformed(detail: string, cause: unknown): AppError {
  return new AppError("body_malformed", detail, { cause });
}

function tooLarge({ maxBytes }: BodyLimits): AppError {
  return new AppError(
    "body_too_large",
    `The body is larger than ${Math.round(maxBytes / KIB)} KiB. Send less.`,
  );
}

function tooSlow({ timeoutMs }: BodyLimits): AppError {
  return new AppError(
    "upload_timeout",
    `The body was not complete after ${Math.round(timeoutMs / 1000)} s. Use a faster connection.`,
  );
}

function incomplete(cause: unknown): AppError {
  return new AppError("upload_incomplete", "The body ended early. Send the request again.", {
    cause,
  });
}
