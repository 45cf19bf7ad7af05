/** What the routes of kept documents say about themselves, and what they take. */
import { z } from "zod";
import { exportSchema } from "../../shared/export.ts";
import { fileTypes } from "../../shared/file-types.ts";
import { exportFormats, isExportFormat } from "../exports/formats.ts";
import type { Content, Operations, Parameter } from "./openapi/operation.ts";

const id = z.string().max(64);

export const exportQuery = z.object({
  format: z.enum(Object.keys(exportFormats).filter(isExportFormat)).default("md"),
  job: id.optional(),
});

export const imageParams = z.object({ id, page: z.coerce.number().int().min(1) });
export const imageQuery = z.object({
  size: z.coerce.number().int().min(64).max(2400).default(1200),
});

const documentId: Parameter = {
  name: "id",
  in: "path",
  description: "The document's id.",
  schema: id,
};

const bytes = (...types: string[]): Content =>
  Object.fromEntries(types.map((type) => [type, z.file()]));

export const documentOperations: Operations = {
  "GET /api/documents/:id/export": {
    id: "exportDocument",
    summary: "What was read of a document, as a file",
    description:
      "`md`: each page's Markdown after a comment such as `<!-- page 3 -->`. `txt`: without Markdown, pages separated by form feeds, cells by tabs. `json`: everything that is known, lines and words with their boxes included. Pages that were not read are named.",
    tag: "Documents",
    parameters: [
      documentId,
      {
        name: "format",
        in: "query",
        description: "The kind of file.",
        schema: exportQuery.shape.format,
      },
      {
        name: "job",
        in: "query",
        description: "Which reading of it; the newest with a text where left out.",
        schema: exportQuery.shape.job,
      },
    ],
    answers: {
      200: {
        description: "The file, for download under the document's name",
        content: {
          "text/markdown": z.string(),
          "text/plain": z.string(),
          "application/json": exportSchema,
        },
      },
    },
    problems: ["document_not_found", "job_not_found", "no_text", "validation_failed"],
  },
  "GET /api/documents/:id/file": {
    id: "downloadDocument",
    summary: "The file as it was uploaded",
    description: "A `Range` of it, too.",
    tag: "Documents",
    parameters: [
      documentId,
      {
        name: "range",
        in: "header",
        description: "The bytes that are wanted, such as `bytes=0-1023`.",
        schema: z.string().optional(),
      },
    ],
    answers: {
      200: { description: "The file", content: bytes(...mimeTypes()) },
      206: { description: "The bytes that were asked for", content: bytes(...mimeTypes()) },
      416: { description: "The file has no such bytes", content: bytes(...mimeTypes()) },
    },
    problems: ["document_not_found", "blob_missing"],
  },
  "GET /api/documents/:id/pages/:page/image": {
    id: "drawPage",
    summary: "A page as a picture",
    description:
      "It never changes: keep it, and ask with `If-None-Match`. One picture at a time is drawn for a user.",
    tag: "Documents",
    parameters: [
      documentId,
      {
        name: "page",
        in: "path",
        description: "Pages count from 1.",
        schema: imageParams.shape.page,
      },
      {
        name: "size",
        in: "query",
        description: "Pixels of the longer side. Scans with fewer are not enlarged.",
        schema: imageQuery.shape.size,
      },
      {
        name: "if-none-match",
        in: "header",
        description: "The `ETag` of the picture that the caller has.",
        schema: z.string().optional(),
      },
    ],
    answers: {
      200: { description: "The picture", content: bytes("image/jpeg") },
      304: { description: "The caller has it" },
    },
    problems: [
      "document_not_found",
      "page_not_found",
      "blob_missing",
      "validation_failed",
      "page_unreadable",
      "page_timeout",
      "page_memory",
      "too_many_pixels",
    ],
  },
};

function mimeTypes(): string[] {
  return Object.values(fileTypes).map(({ mime }) => mime);
}
