/** The tables. Times are Unix milliseconds. After a change here run `bun run db:generate`. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { roles } from "../../shared/accounts.ts";

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

/** How a request ended; `open` while it runs. */
export const usageStates = [
  "open",
  "done",
  /** Some pages failed. */
  "partial",
  "failed",
  /** The caller went away, or the server cancelled it. */
  "cancelled",
  /** The server died meanwhile; found and closed at the next start. */
  "interrupted",
] as const;

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
    createdAt: integer("created_at").notNull(),
    closedAt: integer("closed_at"),
  },
  (table) => [
    index("usage_events_user").on(table.userId, table.id),
    index("usage_events_open")
      .on(table.state)
      .where(sql`state = 'open'`),
  ],
);
