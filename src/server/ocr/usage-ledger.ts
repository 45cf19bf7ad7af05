/**
 * What each request used: one row, opened before the engine is called, grown page by page, closed
 * exactly once. After a crash the next start closes what was left open.
 */
import {
  type SQL,
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  inArray,
  lt,
  ne,
  notExists,
  or,
  sql,
} from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Db } from "../db/client.ts";
import { unfinishedStates } from "../../shared/job-states.ts";
import type { usageStates } from "../../shared/usage.ts";
import { jobs, pageAttempts, usageEvents } from "../db/schema.ts";
import type { TimeDatabase } from "../metrics/registry.ts";

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
  /** Blank pages do not, nor do those that cannot be drawn. */
  reachedEngine: boolean;
}

export interface UsageTotals {
  promptTokens: number;
  completionTokens: number;
  completionChars: number;
  estimated: boolean;
}

/** The open row of one request. */
export interface UsageRecord {
  readonly id: number;
  readonly kind: UsageOpening["kind"];
  readonly inputBytes: number;
  /** Sums of the pages so far. */
  readonly totals: UsageTotals;
  /** Opens the row of one attempt at a page: before the engine is called. */
  openPage(page: number): AttemptRecord;
  /** A page more is asked for while the request runs. */
  addPages(pages: number, promptChars: number): void;
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

/** The open row of one attempt at a page. */
export interface AttemptRecord {
  /**
   * Closes it, and adds it to its request.
   *
   * @throws Error when either is closed already.
   */
  close(used: PageConsumption): void;
}

export type UsageRow = typeof usageEvents.$inferSelect;
type AttemptRow = typeof pageAttempts.$inferSelect;

export class UsageLedger {
  readonly #db: Db;
  readonly #time: TimeDatabase;

  constructor(db: Db, time: TimeDatabase = (_operation, work) => work()) {
    this.#db = db;
    this.#time = time;
  }

  /**
   * Closes what an earlier run of the server left open, but for the requests of jobs that go on.
   * Attempts do not go on.
   *
   * @returns how many requests were closed.
   */
  closeInterrupted(): number {
    const closing = { state: "interrupted", closedAt: Date.now() } as const;
    const isOfJob = or(eq(jobs.usageId, usageEvents.id), eq(jobs.id, usageEvents.requestId));
    const goingOn = this.#db
      .select({ id: sql`1` })
      .from(jobs)
      .where(and(isOfJob, inArray(jobs.state, unfinishedStates)));
    return this.#db.transaction(() => {
      this.#db.update(pageAttempts).set(closing).where(eq(pageAttempts.state, "open")).run();
      const rows = this.#db
        .update(usageEvents)
        .set(closing)
        .where(and(eq(usageEvents.state, "open"), notExists(goingOn)))
        .returning({ id: usageEvents.id })
        .all();
      return rows.length;
    });
  }

  open(opening: UsageOpening): UsageRecord {
    const insert = this.#db
      .insert(usageEvents)
      .values({ ...opening, createdAt: Date.now() })
      .returning();
    const row = this.#time("usage_open", () => insert.get());
    return new OpenUsage(this.#db, this.#time, row);
  }

  /** The row of a job that goes on after a restart; undefined where it is closed. */
  reopen(id: number): UsageRecord | undefined {
    return this.#reopen(eq(usageEvents.id, id));
  }

  /** The same by its request. */
  reopenRequest(requestId: string): UsageRecord | undefined {
    return this.#reopen(eq(usageEvents.requestId, requestId));
  }

  #reopen(which: SQL): UsageRecord | undefined {
    const row = this.#db
      .select()
      .from(usageEvents)
      .where(and(which, eq(usageEvents.state, "open")))
      .get();
    return row && new OpenUsage(this.#db, this.#time, row);
  }

  /** Ended or not. */
  find(requestId: string): UsageRow | undefined {
    const ofRequest = eq(usageEvents.requestId, requestId);
    return this.#db.select().from(usageEvents).where(ofRequest).get();
  }

  /** The first attempt at a page of a request, ended or not. */
  firstAttempt(requestId: string, page: number): AttemptRow | undefined {
    return this.#db
      .select(getTableColumns(pageAttempts))
      .from(pageAttempts)
      .innerJoin(usageEvents, eq(usageEvents.id, pageAttempts.usageId))
      .where(and(eq(usageEvents.requestId, requestId), eq(pageAttempts.page, page)))
      .orderBy(asc(pageAttempts.id))
      .limit(1)
      .get();
  }

  /** The ended requests of one user, newest first. @param before the last id of the list before. */
  list(userId: number, limit: number, before?: number): UsageRow[] {
    const isOlder = before === undefined ? undefined : lt(usageEvents.id, before);
    const select = this.#db
      .select()
      .from(usageEvents)
      .where(and(eq(usageEvents.userId, userId), ne(usageEvents.state, "open"), isOlder))
      .orderBy(desc(usageEvents.id))
      .limit(limit);
    return this.#time("usage_list", () => select.all());
  }

  /** Over the requests that `list` would give without a limit. */
  summarize(userId: number): UsageSummary {
    const total = (column: SQLiteColumn): SQL<number> =>
      sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number);
    const select = this.#db
      .select({
        events: count(),
        inputBytes: total(usageEvents.inputBytes),
        promptTokens: total(usageEvents.promptTokens),
        completionTokens: total(usageEvents.completionTokens),
        promptChars: total(usageEvents.promptChars),
        completionChars: total(usageEvents.completionChars),
      })
      .from(usageEvents)
      .where(and(eq(usageEvents.userId, userId), ne(usageEvents.state, "open")));
    const [sums] = this.#time("usage_summary", () => select.all());
    if (!sums) throw new Error("a sum without rows is still a row");
    return sums;
  }
}

class OpenUsage implements UsageRecord {
  readonly #db: Db;
  readonly #time: TimeDatabase;
  readonly id: number;
  readonly kind: UsageOpening["kind"];
  readonly inputBytes: number;
  readonly totals: UsageTotals;

  constructor(db: Db, time: TimeDatabase, row: UsageRow) {
    const { promptTokens, completionTokens, completionChars, estimated } = row;
    this.#db = db;
    this.#time = time;
    this.id = row.id;
    this.kind = row.kind;
    this.inputBytes = row.inputBytes;
    this.totals = { promptTokens, completionTokens, completionChars, estimated };
  }

  openPage(page: number): AttemptRecord {
    const insert = this.#db
      .insert(pageAttempts)
      .values({ usageId: this.id, page, createdAt: Date.now() })
      .returning({ id: pageAttempts.id });
    const { id } = this.#time("page_open", () => insert.get());
    return { close: (used) => this.#time("page_close", () => this.#closePage(id, used)) };
  }

  addPages(pages: number, promptChars: number): void {
    this.#update({
      pages: sql`${usageEvents.pages} + ${pages}`,
      promptChars: sql`${usageEvents.promptChars} + ${promptChars}`,
    });
  }

  close(state: ClosedState): void {
    this.#time("usage_close", () => this.#update({ state, closedAt: Date.now() }));
  }

  #closePage(attemptId: number, { failed, reachedEngine, ...used }: PageConsumption): void {
    const { totals } = this;
    totals.promptTokens += used.promptTokens;
    totals.completionTokens += used.completionTokens;
    totals.completionChars += used.completionChars;
    totals.estimated ||= used.estimated;
    this.#db.transaction(() => {
      const closed = this.#db
        .update(pageAttempts)
        .set({ ...used, state: failed ? "failed" : "done", closedAt: Date.now() })
        .where(and(eq(pageAttempts.id, attemptId), eq(pageAttempts.state, "open")))
        .returning({ id: pageAttempts.id })
        .all();
      if (closed.length !== 1) throw new Error(`the attempt ${attemptId} is not open`);
      this.#update({
        ...totals,
        failedPages: sql`${usageEvents.failedPages} + ${failed ? 1 : 0}`,
        enginePages: sql`${usageEvents.enginePages} + ${reachedEngine ? 1 : 0}`,
      });
    });
  }

  #update(values: Parameters<ReturnType<Db["update"]>["set"]>[0]): void {
    const changed = this.#db
      .update(usageEvents)
      .set(values)
      .where(and(eq(usageEvents.id, this.id), eq(usageEvents.state, "open")))
      .returning({ id: usageEvents.id })
      .all();
    if (changed.length !== 1) throw new Error(`usage row ${this.id} is not open`);
  }
}
