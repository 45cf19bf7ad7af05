/**
 * What a route says about itself. Each module of routes declares its operations beside them; the
 * schemas are those that requests are checked with and answers are typed by.
 */
import type { z } from "zod";
import type { ErrorCode } from "../../../shared/api-errors.ts";

export interface Operation {
  /** Unique; what generated clients call the function. */
  id: string;
  summary: string;
  /** Plain text; `code` in backticks. */
  description?: string;
  tag: "Reading" | "Documents" | "Accounts" | "Usage" | "Server";
  parameters?: readonly Parameter[];
  body?: Content;
  /** By status; what goes wrong is in `problems`. */
  answers: Readonly<Record<number, Answer>>;
  problems?: readonly ErrorCode[];
}

export interface Parameter {
  name: string;
  in: "query" | "path" | "header";
  description: string;
  schema: z.ZodType;
}

/** A schema for each media type; that of NDJSON is the one of each line. */
export type Content = Readonly<Record<string, z.ZodType>>;

export interface Answer {
  description: string;
  content?: Content;
}

/** By `GET /api/jobs/:id`: the method and the route's template. */
export type Operations = Readonly<Record<`${Method} /${string}`, Operation>>;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
