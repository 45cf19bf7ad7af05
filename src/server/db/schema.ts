/** The tables. Times are Unix milliseconds. After a change here run `bun run db:generate`. */
import { sql } from "drizzle-orm";
import {
  foreignKey,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { roles } from "../../shared/accounts.ts";
import { jobStates, pageStates } from "../../shared/job-states.ts";
import { usageStates } from "../../shared/usage.ts";

/** Ids are never used again, so what names one never comes to mean another account. */
export const users = sqliteTable("users", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  username: text("username").notNull(),
  /** What is unique: `usernameKey` in `shared/accounts.ts`. */
  usernameKey: text("username_key").notNull().unique(),
  /** Null: nobody can log in to this account (the anonymous one). */
  passwordHash: text("password_hash"),
  role: text("role", { enum: roles }).notNull().default("user"),
  /** Access tokens carry it; raising it ends all that are out. */
  tokenVersion: integer("token_version").notNull().default(0),
  createdAt: integer("created_at").notNull(),
  disabledAt: integer("disabled_at"),
});

/** Personal API keys. Only their SHA-256 is kept: 256 random bits need no slow hash. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id),
    name: text("name").notNull(),
    hash: text("hash").notNull().unique(),
    /** The beginning of the key, by which its owner knows it again. */
    prefix: text("prefix").notNull(),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [index("api_keys_user").on(table.userId, table.id)],
);

/** Log-ins of browsers. A row that is gone is a session that has ended. */
export const sessions = sqliteTable(
  "sessions",
  {
    /** Public: names the session in lists. The cookie holds something else. */
    id: text("id").primaryKey(),
    /** SHA-256 of what the cookie holds. */
    hash: text("hash").notNull().unique(),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    lastUsedAt: integer("last_used_at").notNull(),
    userAgent: text("user_agent").notNull(),
    address: text("address").notNull(),
  },
  (table) => [
    index("sessions_user").on(table.userId),
    index("sessions_expiry").on(table.expiresAt),
  ],
);

/** One row a recognition request: opened before the engine is called, closed exactly once. */
export const usageEvents = sqliteTable(
  "usage_events",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    requestId: text("request_id").notNull().unique(),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id),
    kind: text("kind", { enum: ["image", "pdf"] }).notNull(),
    state: text("state", { enum: usageStates }).notNull().default("open"),
    engine: text("engine").notNull(),
    model: text("model").notNull(),
    promptChars: integer("prompt_chars").notNull().default(0),
    completionChars: integer("completion_chars").notNull().default(0),
    promptTokens: integer("prompt_tokens").notNull().default(0),
    completionTokens: integer("completion_tokens").notNull().default(0),
    /** Whether any of the token counts is `ceil(chars / 4)` instead of the engine's own. */
    estimated: integer("estimated", { mode: "boolean" }).notNull().default(false),
    inputBytes: integer("input_bytes").notNull(),
    pages: integer("pages").notNull(),
    failedPages: integer("failed_pages").notNull().default(0),
    /** How often the engine was asked for a page, with whatever end. */
    enginePages: integer("engine_pages").notNull().default(0),
    createdAt: integer("created_at").notNull(),
    closedAt: integer("closed_at"),
  },
  (table) => [
    index("usage_events_user").on(table.userId, table.id),
    index("usage_events_time").on(table.userId, table.createdAt),
    index("usage_events_open")
      .on(table.state)
      .where(sql`state = 'open'`),
  ],
);

/** One call of the engine for one page: opened before it, closed exactly once. */
export const pageAttempts = sqliteTable(
  "page_attempts",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    usageId: integer("usage_id")
      .notNull()
      .references(() => usageEvents.id),
    page: integer("page").notNull(),
    state: text("state", { enum: ["open", "done", "failed", "interrupted"] })
      .notNull()
      .default("open"),
    completionChars: integer("completion_chars").notNull().default(0),
    promptTokens: integer("prompt_tokens").notNull().default(0),
    completionTokens: integer("completion_tokens").notNull().default(0),
    estimated: integer("estimated", { mode: "boolean" }).notNull().default(false),
    createdAt: integer("created_at").notNull(),
    closedAt: integer("closed_at"),
  },
  (table) => [
    index("page_attempts_usage").on(table.usageId, table.page),
    index("page_attempts_open")
      .on(table.state)
      .where(sql`state = 'open'`),
  ],
);

/** A file that somebody uploaded to keep. Its bytes are in the blob store under their hash. */
export const documents = sqliteTable(
  "documents",
  {
    /** UUID version 7: sorts by time. */
    id: text("id").primaryKey(),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id),
    name: text("name").notNull(),
    /** A type of `shared/file-types.ts`. */
    fileType: text("file_type").notNull(),
    bytes: integer("bytes").notNull(),
    /** SHA-256, hexadecimal. */
    blob: text("blob").notNull(),
    /** Opens an encrypted file, which lies beside it anyway. */
    password: text("password"),
    pages: integer("pages").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    index("documents_user").on(table.userId, table.id),
    index("documents_blob").on(table.blob),
    index("documents_created").on(table.createdAt),
  ],
);

/** One reading of a document by one engine. */
export const jobs = sqliteTable(
  "jobs",
  {
    id: text("id").primaryKey(),
    documentId: text("document_id")
      .notNull()
      .references(() => documents.id, { onDelete: "cascade" }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id),
    state: text("state", { enum: jobStates }).notNull().default("queued"),
    engine: text("engine").notNull(),
    model: text("model").notNull(),
    prompt: text("prompt").notNull(),
    /** How many pages are read. */
    pages: integer("pages").notNull(),
    /** The usage row of the run that goes on; null once it has ended. */
    usageId: integer("usage_id").references(() => usageEvents.id),
    createdAt: integer("created_at").notNull(),
    endedAt: integer("ended_at"),
  },
  (table) => [
    index("jobs_user").on(table.userId, table.id),
    index("jobs_document").on(table.documentId, table.id),
    index("jobs_unfinished")
      .on(table.state)
      .where(sql`state IN ('queued', 'running', 'paused')`),
  ],
);

/** A page of a job and how far it has got. Its text is the version it names. */
export const jobPages = sqliteTable(
  "job_pages",
  {
    jobId: text("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    page: integer("page").notNull(),
    state: text("state", { enum: pageStates }).notNull().default("pending"),
    /** How often it has been begun. */
    attempts: integer("attempts").notNull().default(0),
    /** The version that counts; 0 while there is none. */
    version: integer("version").notNull().default(0),
    errorCode: text("error_code"),
    errorDetail: text("error_detail"),
    /** What the next attempt uses instead of the job's own: see `PageOverrides`. */
    overrides: text("overrides", { mode: "json" }),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.page] })],
);

/** Every text that a page has had: read by an engine, or edited by a person. */
export const pageVersions = sqliteTable(
  "page_versions",
  {
    /** The row of `page_search` too. */
    id: integer("id").primaryKey({ autoIncrement: true }),
    jobId: text("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    page: integer("page").notNull(),
    version: integer("version").notNull(),
    origin: text("origin", { enum: ["engine", "edit"] }).notNull(),
    engine: text("engine").notNull(),
    model: text("model").notNull(),
    text: text("text").notNull(),
    /** `Line[]` of `shared/ocr-events.ts`, where the engine knows them. */
    lines: text("lines", { mode: "json" }),
    confidence: real("confidence"),
    source: text("source", { enum: ["engine", "blank"] }),
    finishReason: text("finish_reason"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("page_versions_page").on(table.jobId, table.page, table.version),
    foreignKey({
      columns: [table.jobId, table.page],
      foreignColumns: [jobPages.jobId, jobPages.page],
    }).onDelete("cascade"),
  ],
);
