/** What the caller's requests used. Requests count once they have ended. */
import { z } from "zod";
import type { UsageRow } from "../../ocr/usage-ledger.ts";
import { procedure, router } from "../init.ts";
import { timeOf } from "../times.ts";

const MOST_ITEMS = 200;
const MOST_DAYS = 366;

const timeZone = z.string().max(64).refine(isTimeZone, "must be a time zone such as Europe/Berlin");

export const usageRouter = router({
  summary: procedure.query(({ ctx }) => ctx.services.usageReports.total(ctx.principal.userId)),

  /** The last days up to today, the oldest first, those without requests too. */
  byDay: procedure
    .input(
      z.object({
        days: z.int().min(1).max(MOST_DAYS),
        /** Whose days they are. */
        timeZone: timeZone.default("UTC"),
      }),
    )
    .query(({ ctx, input }) =>
      ctx.services.usageReports.byDay(ctx.principal.userId, input.days, input.timeZone),
    ),

  /** Newest first. `cursor` is the id of the last one before. */
  list: procedure
    .input(
      z.object({
        cursor: z.int().optional(),
        limit: z.int().min(1).max(MOST_ITEMS).default(50),
      }),
    )
    .query(({ ctx, input }) => {
      const { cursor, limit } = input;
      const items = ctx.services.ledger.list(ctx.principal.userId, limit, cursor).map(toItem);
      return { items, nextCursor: items.length === limit ? items.at(-1)?.id : undefined };
    }),
});

function toItem(row: UsageRow) {
  const { id, requestId, state, kind, engine, model, pages, failedPages, inputBytes } = row;
  const { promptTokens, completionTokens, estimated, createdAt, closedAt } = row;
  return {
    id,
    requestId,
    state,
    kind,
    engine,
    model,
    pages,
    failedPages,
    promptTokens,
    completionTokens,
    /** Whether the tokens of any page are. */
    estimated,
    inputBytes,
    /** From its beginning to its end. */
    seconds: ((closedAt ?? createdAt) - createdAt) / 1000,
    createdAt: timeOf(createdAt),
  };
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
