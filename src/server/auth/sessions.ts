/** Browser sessions: what the cookie of a log-in stands for. They slide, and end by their row. */
import { randomUUID } from "node:crypto";
import { and, desc, eq, gt, inArray, isNull, lte } from "drizzle-orm";
import type { Db } from "../db/client.ts";
import { sessions, users } from "../db/schema.ts";
import { AppError } from "../errors.ts";
import { type Account, accountColumns, hasPassword } from "./account-rows.ts";
import { loginFailed } from "./accounts.ts";
import type { Principal } from "./principal.ts";
import { hashSecret, newSecret } from "./secrets.ts";

/** After so long without a request a session has ended. */
const SESSION_LIFETIME_MS = 30 * 24 * 3600 * 1000;
/** A page in constant use is no reason to write constantly. */
const TOUCH_MS = 60_000;
/** One account's; the one that was used longest ago makes room. */
const MAX_SESSIONS = 50;
const MAX_USER_AGENT_CHARS = 300;

export interface Session {
  /** Public: names it in lists. */
  id: string;
  createdAt: number;
  expiresAt: number;
  lastUsedAt: number;
  userAgent: string;
  /** Where it was made from. */
  address: string;
}

const shownColumns = {
  id: sessions.id,
  createdAt: sessions.createdAt,
  expiresAt: sessions.expiresAt,
  lastUsedAt: sessions.lastUsedAt,
  userAgent: sessions.userAgent,
  address: sessions.address,
};

export class Sessions {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * Begins a session of an account that has just logged in.
   *
   * @returns what the cookie holds.
   * @throws AppError login_failed where the password was changed or the account disabled meanwhile.
   */
  begin(account: Account, client: { userAgent: string; address: string }): string {
    const secret = newSecret();
    const now = Date.now();
    const insert = (): void => {
      this.#requireUnchanged(account);
      this.#makeRoom(account.id, now);
      this.#db
        .insert(sessions)
        .values({
          id: randomUUID(),
          hash: hashSecret(secret),
          userId: account.id,
          createdAt: now,
          expiresAt: now + SESSION_LIFETIME_MS,
          lastUsedAt: now,
          userAgent: client.userAgent.slice(0, MAX_USER_AGENT_CHARS),
          address: client.address,
        })
        .run();
    };
    this.#db.transaction(insert, { behavior: "immediate" });
    return secret;
  }

  /** The owner's sessions that have not ended, the one used last first. */
  list(owner: Principal): Session[] {
    return this.#db
      .select(shownColumns)
      .from(sessions)
      .where(and(eq(sessions.userId, owner.userId), gt(sessions.expiresAt, Date.now())))
      .orderBy(desc(sessions.lastUsedAt))
      .all();
  }

  /** @throws AppError not_found where the owner has no such session. */
  revoke(owner: Principal, id: string): void {
    const isOwn = and(eq(sessions.id, id), eq(sessions.userId, owner.userId));
    const ended = this.#db.delete(sessions).where(isOwn).returning({ id: sessions.id }).all();
    if (ended.length === 0) throw new AppError("not_found", "There is no such session.");
  }

  /** The account of a session that goes on, which lives longer by this use. */
  use(secret: string): { account: Account; id: string } | undefined {
    const now = Date.now();
    const isIt = and(eq(sessions.hash, hashSecret(secret)), gt(sessions.expiresAt, now));
    const row = this.#db
      .select({ account: accountColumns, id: sessions.id, lastUsedAt: sessions.lastUsedAt })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(isIt, isNull(users.disabledAt), hasPassword))
      .get();
    if (!row) return undefined;
    if (now - row.lastUsedAt >= TOUCH_MS) {
      const touched = { lastUsedAt: now, expiresAt: now + SESSION_LIFETIME_MS };
      this.#db.update(sessions).set(touched).where(eq(sessions.id, row.id)).run();
    }
    return { account: row.account, id: row.id };
  }

  /** Ends the session of a cookie, where it is one. */
  end(secret: string): void {
    this.#db
      .delete(sessions)
      .where(eq(sessions.hash, hashSecret(secret)))
      .run();
  }

  #requireUnchanged({ id, tokenVersion }: Account): void {
    const isUnchanged = and(eq(users.id, id), eq(users.tokenVersion, tokenVersion));
    const row = this.#db
      .select({ id: users.id })
      .from(users)
      .where(and(isUnchanged, isNull(users.disabledAt)))
      .get();
    if (!row) throw loginFailed();
  }

  #makeRoom(userId: number, now: number): void {
    this.#db.delete(sessions).where(lte(sessions.expiresAt, now)).run();
    const own = this.#db
      .select({ id: sessions.id })
      .from(sessions)
      .where(eq(sessions.userId, userId))
      .orderBy(desc(sessions.lastUsedAt))
      .all();
    const tooMany = own.slice(MAX_SESSIONS - 1).map(({ id }) => id);
    this.#db.delete(sessions).where(inArray(sessions.id, tooMany)).run();
  }
}
