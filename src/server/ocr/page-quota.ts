/**
 * How many pages an account may have read in a calendar month (UTC). What counts are pages that
 * reached the engine: of ended requests those that did, of running ones all that they ask for.
 */
import { type SQL, and, eq, gte, inArray, or, sql } from "drizzle-orm";
import type { Db } from "../db/client.ts";
import { usageEvents } from "../db/schema.ts";
import { AppError } from "../errors.ts";

export interface QuotaState {
  /** Null where there is no limit. */
  monthlyPages: number | null;
  /** In this month so far. */
  usedPages: number;
  remainingPages: number | null;
  /** When the count begins again. */
  resetsAt: Date;
}

const counted: SQL<number> = sql`coalesce(sum(
  CASE ${usageEvents.state} WHEN 'open' THEN ${usageEvents.pages} ELSE ${usageEvents.enginePages} END
), 0)`.mapWith(Number);

export class PageQuota {
  readonly #db: Db;
  readonly #monthlyPages: number;
  /** Of accounts whose requests are let through and have no usage row yet. */
  readonly #reserved = new Map<number, number>();

  /** @param monthlyPages 0 for no limit. */
  constructor(db: Db, monthlyPages: number) {
    this.#db = db;
    this.#monthlyPages = monthlyPages;
  }

  /** @throws AppError quota_exceeded where fewer pages than these are left. */
  check(userId: number, pages: number): void {
    if (this.#monthlyPages === 0) return;
    const { remainingPages, resetsAt } = this.state(userId);
    const left = remainingPages ?? 0;
    if (pages > left) throw quotaExceeded(this.#monthlyPages, left, pages, resetsAt);
  }

  /**
   * Keeps the pages for a request until a usage row counts them; dispose it then. One server has a
   * database to itself, so what runs beside it is seen here.
   *
   * @throws AppError quota_exceeded.
   */
  reserve(userId: number, pages: number): Disposable {
    this.check(userId, pages);
    this.#add(userId, pages);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.#add(userId, -pages);
        isHeld = false;
      },
    };
  }

  state(userId: number): QuotaState {
    const usedPages =
      (this.usedPages([userId]).get(userId) ?? 0) + (this.#reserved.get(userId) ?? 0);
    const isLimited = this.#monthlyPages > 0;
    return {
      monthlyPages: isLimited ? this.#monthlyPages : null,
      usedPages,
      remainingPages: isLimited ? Math.max(0, this.#monthlyPages - usedPages) : null,
      resetsAt: startOfMonth(1),
    };
  }

  /** Pages of this month by account, of those that have any. */
  usedPages(userIds: readonly number[]): Map<number, number> {
    // A request that runs since last month still takes pages.
    const isCounted = or(
      gte(usageEvents.createdAt, startOfMonth(0).getTime()),
      eq(usageEvents.state, "open"),
    );
    const rows = this.#db
      .select({ userId: usageEvents.userId, pages: counted })
      .from(usageEvents)
      .where(and(inArray(usageEvents.userId, [...userIds]), isCounted))
      .groupBy(usageEvents.userId)
      .all();
    return new Map(rows.map(({ userId, pages }) => [userId, pages]));
  }

  #add(userId: number, pages: number): void {
    const reserved = (this.#reserved.get(userId) ?? 0) + pages;
    if (reserved === 0) this.#reserved.delete(userId);
    else this.#reserved.set(userId, reserved);
  }
}

/** @param later by how many months. */
function startOfMonth(later: number): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + later));
}

function quotaExceeded(limit: number, left: number, wanted: number, resetsAt: Date): AppError {
  const day = resetsAt.toISOString().slice(0, 10);
  return new AppError(
    "quota_exceeded",
    `Of the ${limit} pages of this month ${left} are left, and this needs ${wanted}. The count begins again on ${day} (UTC).`,
    { retryAfterS: Math.ceil((resetsAt.getTime() - Date.now()) / 1000) },
  );
}
