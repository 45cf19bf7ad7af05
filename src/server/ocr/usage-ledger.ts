/**
 * What each request used: one row, opened before the engine is called, grown page by page, closed
 * exactly once. After a crash the next start closes what was left open.
 */
import { type SQL, and, count, desc, eq, ne, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Db } from "../db/client.ts";
import { usageEvents, type usageStates } from "../db/schema.ts";

/** How a request can end, as far as the server lives to see it. */
export type ClosedState = Exclude<(typeof usageStates)[number], "open" | "interrupted">;

export interface UsageOpening {
  requestId: string;
  userId: number;
  kind: "image" | "pdf";
  engine: string;
  model: string;
  /** Code points of the prompt, times the pages. */
  promptChars: number;
  inputBytes: number;
  pages: number;
}

/** What one page used, whether it ended well or not. */
export interface PageConsumption {
  promptTokens: number;
  completionTokens: number;
  completionChars: number;
  /** The tokens are `ceil(chars / 4)`: the engine did not tell. */
  estimated: boolean;
  failed: boolean;
}

export interface UsageTotals {
  promptTokens: number;
  completionTokens: number;
  completionChars: number;
  estimated: boolean;
}

/** The open row of one request. */
export interface UsageRecord {
  /** Sums of the pages so far. */
  readonly totals: UsageTotals;
  addPage(page: PageConsumption): void;
  /** @throws Error when the row is closed already: that is a bug. */
  close(state: ClosedState): void;
}

/** Sums over all ended requests of a user. */
export interface UsageSummary {
  events: number;
  inputBytes: number;
  promptTokens: number;
  completionTokens: number;
  promptChars: number;
  completionChars: number;
}

export type UsageRow = typeof usageEvents.$inferSelect;

export class UsageLedger {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Closes what an earlier run of the server left open; returns how many rows that were. */
  closeInterrupted(): number {
    const rows = this.#db
      .update(usageEvents)
      .set({ state: "interrupted", closedAt: Date.now() })
      .where(eq(usageEvents.state, "open"))
      .returning({ id: usageEvents.id })
      .all();
    return rows.length;
  }

  open(opening: UsageOpening): UsageRecord {
    const { id } = this.#db
      .insert(usageEvents)
      .values({ ...opening, createdAt: Date.now() })
      .returning({ id: usageEvents.id })
      .get();
    return new OpenUsage(this.#db, id);
  }

  /** The ended requests of one user, newest first. */
  list(userId: number, limit: number): UsageRow[] {
    return this.#db
      .select()
      .from(usageEvents)
      .where(and(eq(usageEvents.userId, userId), ne(usageEvents.state, "open")))
      .orderBy(desc(usageEvents.id))
      .limit(limit)
      .all();
  }

  /** Over the requests that `list` would give without a limit. */
  summarize(userId: number): UsageSummary {
    const total = (column: SQLiteColumn): SQL<number> =>
      sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number);
    const [sums] = this.#db
      .select({
        events: count(),
        inputBytes: total(usageEvents.inputBytes),
        promptTokens: total(usageEvents.promptTokens),
        completionTokens: total(usageEvents.completionTokens),
        promptChars: total(usageEvents.promptChars),
        completionChars: total(usageEvents.completionChars),
      })
      .from(usageEvents)
      .where(and(eq(usageEvents.userId, userId), ne(usageEvents.state, "open")))
      .all();
    if (!sums) throw new Error("a sum without rows is still a row");
    return sums;
  }
}

class OpenUsage implements UsageRecord {
  readonly #db: Db;
  readonly #id: number;
  readonly totals: UsageTotals = {
    promptTokens: 0,
    completionTokens: 0,
    completionChars: 0,
    estimated: false,
  };

  constructor(db: Db, id: number) {
    this.#db = db;
    this.#id = id;
  }

  addPage(page: PageConsumption): void {
    this.totals.promptTokens += page.promptTokens;
    this.totals.completionTokens += page.completionTokens;
    this.totals.completionChars += page.completionChars;
    this.totals.estimated ||= page.estimated;
    this.#update({
      ...this.totals,
      failedPages: sql`${usageEvents.failedPages} + ${page.failed ? 1 : 0}`,
    });
  }

  close(state: ClosedState): void {
    this.#update({ state, closedAt: Date.now() });
  }

  #update(values: Parameters<ReturnType<Db["update"]>["set"]>[0]): void {
    const changed = this.#db
      .update(usageEvents)
      .set(values)
      .where(and(eq(usageEvents.id, this.#id), eq(usageEvents.state, "open")))
      .returning({ id: usageEvents.id })
      .all();
    if (changed.length !== 1) throw new Error(`usage row ${this.#id} is not open`);
  }
}
