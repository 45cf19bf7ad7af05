/** What was used, summed up: in all, by day and engine, and by account. */
import { type SQL, and, count, desc, eq, gte, ne, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { DayUsage, UsageSums } from "../../shared/usage.ts";
import type { AdminAccess } from "../auth/principal.ts";
import type { Db } from "../db/client.ts";
import { usageEvents, users } from "../db/schema.ts";
import type { TimeDatabase } from "../metrics/registry.ts";

const QUARTER_HOUR_MS = 15 * 60 * 1000;
const DAY_MS = 24 * 3600 * 1000;

const NOTHING: UsageSums = {
  requests: 0,
  pages: 0,
  failedPages: 0,
  promptTokens: 0,
  completionTokens: 0,
  estimatedPromptTokens: 0,
  estimatedCompletionTokens: 0,
  inputBytes: 0,
};

const total = (value: SQLiteColumn | SQL): SQL<number> =>
  sql`coalesce(sum(${value}), 0)`.mapWith(Number);
const exact = (column: SQLiteColumn): SQL<number> =>
  total(sql`CASE WHEN ${usageEvents.estimated} THEN 0 ELSE ${column} END`);
const estimated = (column: SQLiteColumn): SQL<number> =>
  total(sql`CASE WHEN ${usageEvents.estimated} THEN ${column} ELSE 0 END`);

const sums = {
  requests: count(),
  pages: total(usageEvents.pages),
  failedPages: total(usageEvents.failedPages),
  promptTokens: exact(usageEvents.promptTokens),
  completionTokens: exact(usageEvents.completionTokens),
  estimatedPromptTokens: estimated(usageEvents.promptTokens),
  estimatedCompletionTokens: estimated(usageEvents.completionTokens),
  inputBytes: total(usageEvents.inputBytes),
};

const hasEnded = ne(usageEvents.state, "open");
/** Every offset from UTC that is in use is a multiple of it, so no day begins within one. */
const quarterHour = sql<number>`${usageEvents.createdAt} / ${sql.raw(String(QUARTER_HOUR_MS))}`;

/** Of requests that have ended, as `UsageLedger.list` gives them. */
export class UsageReports {
  readonly #db: Db;
  readonly #time: TimeDatabase;

  constructor(db: Db, time: TimeDatabase = (_operation, work) => work()) {
    this.#db = db;
    this.#time = time;
  }

  total(userId: number): UsageSums {
    const select = this.#db
      .select(sums)
      .from(usageEvents)
      .where(and(eq(usageEvents.userId, userId), hasEnded));
    return this.#time("usage_summary", () => select.get()) ?? NOTHING;
  }

  /**
   * The last days up to today, the oldest first, those without requests too. A request belongs to
   * the day of its beginning.
   *
   * @param timeZone IANA name, whose days they are. @throws RangeError where it is none.
   */
  byDay(userId: number, days: number, timeZone: string): DayUsage[] {
    const today = Temporal.Now.zonedDateTimeISO(timeZone).startOfDay();
    const first = today.subtract({ days: days - 1 });
    const byDate = new Map<string, DayUsage>();
    for (let day = 0; day < days; day++) {
      const date = first.add({ days: day }).toPlainDate().toString();
      byDate.set(date, { date, ...NOTHING, engines: [] });
    }
    const { engine } = usageEvents;
    const isIn = gte(usageEvents.createdAt, first.epochMilliseconds);
    const select = this.#db
      .select({ quarter: quarterHour, engine, ...sums })
      .from(usageEvents)
      .where(and(eq(usageEvents.userId, userId), isIn, hasEnded))
      .groupBy(quarterHour, engine)
      .orderBy(engine);
    for (const { quarter, ...used } of this.#time("usage_by_day", () => select.all())) {
      const at = Temporal.Instant.fromEpochMilliseconds(quarter * QUARTER_HOUR_MS);
      const day = byDate.get(at.toZonedDateTimeISO(timeZone).toPlainDate().toString());
      if (day) addTo(day, used);
    }
    return [...byDate.values()];
  }

  /** Of accounts that have used something within the last days, those with the most pages first. */
  byUser(
    _access: AdminAccess,
    days: number,
    limit: number,
  ): (UsageSums & { userId: number; username: string })[] {
    const since = Date.now() - days * DAY_MS;
    const select = this.#db
      .select({ userId: users.id, username: users.username, ...sums })
      .from(usageEvents)
      .innerJoin(users, eq(users.id, usageEvents.userId))
      .where(and(gte(usageEvents.createdAt, since), hasEnded))
      .groupBy(users.id)
      .orderBy(desc(sums.pages), users.id)
      .limit(limit);
    return this.#time("usage_by_user", () => select.all());
  }
}

function addTo(day: DayUsage, { engine, ...used }: UsageSums & { engine: string }): void {
  add(day, used);
  const ofEngine = day.engines.find((other) => other.engine === engine);
  if (ofEngine) add(ofEngine, used);
  else day.engines.push({ engine, ...used });
}

function add(sum: UsageSums, used: UsageSums): void {
  sum.requests += used.requests;
  sum.pages += used.pages;
  sum.failedPages += used.failedPages;
  sum.promptTokens += used.promptTokens;
  sum.completionTokens += used.completionTokens;
  sum.estimatedPromptTokens += used.estimatedPromptTokens;
  sum.estimatedCompletionTokens += used.estimatedCompletionTokens;
  sum.inputBytes += used.inputBytes;
}
