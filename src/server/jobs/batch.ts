/** The jobs that somebody has started together, as one: how far all of it is. */
import { type SQL, and, eq, gte, inArray, min, ne, or, sql } from "drizzle-orm";
import type { Batch } from "../../shared/jobs.ts";
import { activeStates } from "../../shared/job-states.ts";
import type { Db } from "../db/client.ts";
import { jobs } from "../db/schema.ts";
import { jobCounts } from "./sqlite-store.ts";

export class Batches {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * All jobs of the user from a first one on, but for paused ones: those may wait for ever.
   *
   * @param first id of the job that begins the batch, as an answer has named it; where it is left out,
   *   the oldest that is not over, or was not when that one was started.
   * @returns undefined where nothing is.
   */
  get(userId: number, first = this.#first(userId)): Batch | undefined {
    if (first === undefined) return undefined;
    const row = this.#db
      .select({
        files: sql<number>`count(*)`,
        runningFiles: sumOf(isRunning),
        cancelledFiles: sumOf(eq(jobs.state, "cancelled")),
        pages: sumOf(sql`${jobs.pages}`),
        // Pages that nobody will read any more are over, too.
        endedPages: sumOf(
          sql`CASE WHEN ${isRunning} THEN ${jobCounts.donePages} + ${jobCounts.failedPages} ELSE ${jobs.pages} END`,
        ),
        failedPages: sumOf(jobCounts.failedPages),
      })
      .from(jobs)
      .where(and(eq(jobs.userId, userId), gte(jobs.id, first), ne(jobs.state, "paused")))
      .get();
    return row && row.files > 0 ? { first, ...row } : undefined;
  }

  /** Ids ascend with time. */
  #first(userId: number): string | undefined {
    const isOwn = eq(jobs.userId, userId);
    const oldest = this.#db
      .select({ createdAt: min(jobs.createdAt) })
      .from(jobs)
      .where(and(isOwn, isRunning))
      .get()?.createdAt;
    if (oldest === undefined || oldest === null) return undefined;
    const row = this.#db
      .select({ id: min(jobs.id) })
      .from(jobs)
      .where(and(isOwn, or(isRunning, gte(jobs.endedAt, oldest))))
      .get();
    return row?.id ?? undefined;
  }
}

const isRunning = inArray(jobs.state, [...activeStates]);

function sumOf(value: SQL): SQL<number> {
  return sql<number>`coalesce(sum(${value}), 0)`;
}
