/** The tables. Times are Unix milliseconds. After a change here run `bun run db:generate`. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const users = sqliteTable("users", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  username: text("username").notNull().unique(),
  /** Null: nobody can log in to this account (the anonymous one). */
  passwordHash: text("password_hash"),
  createdAt: integer("created_at").notNull(),
});

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
