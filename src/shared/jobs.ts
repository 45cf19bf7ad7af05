/**
 * Documents that are kept and the jobs that read them, as they travel: for the typed API and for
 * whoever follows a job live.
 */
import { z } from "zod";
import { jobStates, pageStates } from "./job-states.ts";
import { lineSchema } from "./ocr-events.ts";

export const jobStateSchema = z.enum(jobStates);

export const pageStateSchema = z.enum(pageStates);

export const pageFailureSchema = z.object({ code: z.string(), detail: z.string() });

/** A page of a job without its text. */
export const jobPageSchema = z.object({
  page: z.number(),
  state: pageStateSchema,
  /** How often it has been begun. */
  attempt: z.number(),
  /** Its text, counted from 1; 0 while there is none. */
  version: z.number(),
  /** Of that text: read by an engine, or edited by a person; how sure the engine was, 0–1. */
  origin: z.enum(["engine", "edit"]).optional(),
  confidence: z.number().optional(),
  /** Why the last attempt failed. A page that had a text before keeps it. */
  error: pageFailureSchema.optional(),
});
export type JobPage = z.infer<typeof jobPageSchema>;

export const jobSchema = z.object({
  id: z.string(),
  documentId: z.string(),
  state: jobStateSchema,
  engine: z.string(),
  model: z.string(),
  prompt: z.string(),
  /** How many pages are read, and how they stand. */
  pages: z.number(),
  donePages: z.number(),
  failedPages: z.number(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** One text of a page. */
export const pageVersionSchema = z.object({
  page: z.number(),
  version: z.number(),
  /** Read by an engine, or edited by a person. */
  origin: z.enum(["engine", "edit"]),
  engine: z.string(),
  model: z.string(),
  text: z.string(),
  lines: z.array(lineSchema).optional(),
  confidence: z.number().optional(),
  source: z.enum(["engine", "blank"]).optional(),
  finishReason: z.string().optional(),
  createdAt: z.iso.datetime(),
});
export type PageVersion = z.infer<typeof pageVersionSchema>;

export const documentSchema = z.object({
  id: z.string(),
  name: z.string(),
  fileType: z.string(),
  bytes: z.number(),
  pages: z.number(),
  createdAt: z.iso.datetime(),
});
export type Document = z.infer<typeof documentSchema>;

/** A document of a list. */
export interface CatalogEntry extends Document {
  /** The newest one. */
  job?: Job;
}

export interface Snippet {
  /** Part of the page's text. */
  text: string;
  /** Where in it the words of the query stand: start and end in UTF-16 units, ascending. */
  hits: [number, number][];
}

/** A page in which something was found. */
export interface SearchHit {
  documentId: string;
  documentName: string;
  jobId: string;
  page: number;
  snippet: Snippet;
}

/** Jobs that were started together, as one. Paused ones are left out. */
export interface Batch {
  /** The job that begins it: ask for the batch from here on, and what has ended stays part of it. */
  first: string;
  files: number;
  /** Of them those that wait or are being read, and those that were called off. */
  runningFiles: number;
  cancelledFiles: number;
  pages: number;
  endedPages: number;
  /** Of the ended ones. */
  failedPages: number;
}
