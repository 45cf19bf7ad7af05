/** Personal API keys: bearer tokens without an end, each with a name, revoked one by one. */
import { and, count, desc, eq, inArray, isNotNull, isNull } from "drizzle-orm";
import type { Db } from "../db/client.ts";
import { apiKeys, users } from "../db/schema.ts";
import { AppError } from "../errors.ts";
import { type Account, accountColumns, hasPassword } from "./account-rows.ts";
import { anonymousHasNone } from "./accounts.ts";
import type { Principal } from "./principal.ts";
import { hashSecret, newSecret } from "./secrets.ts";

/** By which programs that look for leaked secrets, and we ourselves, know one. */
export const API_KEY_PREFIX = "mo_";
const SHOWN_CHARS = 7;
/** Active ones of one account; of the revoked ones as many of the latest are remembered. */
const MAX_KEYS = 50;
/** A key in constant use is no reason to write constantly. */
const TOUCH_MS = 60_000;

export interface ApiKey {
  id: number;
  name: string;
  /** Its beginning, such as `mo_ab12…`. */
  prefix: string;
  createdAt: number;
  lastUsedAt: number | null;
  revokedAt: number | null;
}

const shownColumns = {
  id: apiKeys.id,
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  createdAt: apiKeys.createdAt,
  lastUsedAt: apiKeys.lastUsedAt,
  revokedAt: apiKeys.revokedAt,
};

export class ApiKeys {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * Makes a key. `secret` is told this once; only its hash is kept.
   *
   * @throws AppError too_many_api_keys, anonymous_account.
   */
  create(owner: Principal, name: string): { key: ApiKey; secret: string } {
    if (owner.credential.kind === "anonymous") throw anonymousHasNone();
    const secret = `${API_KEY_PREFIX}${newSecret()}`;
    const insert = (): ApiKey => {
      this.#requireRoom(owner.userId);
      return this.#db
        .insert(apiKeys)
        .values({
          userId: owner.userId,
          name,
          hash: hashSecret(secret),
          prefix: `${secret.slice(0, SHOWN_CHARS)}…`,
          createdAt: Date.now(),
        })
        .returning(shownColumns)
        .get();
    };
    return { key: this.#db.transaction(insert, { behavior: "immediate" }), secret };
  }

  /** All of the owner's keys, the newest first, the revoked ones among them. */
  list(owner: Principal): ApiKey[] {
    return this.#db
      .select(shownColumns)
      .from(apiKeys)
      .where(eq(apiKeys.userId, owner.userId))
      .orderBy(desc(apiKeys.id))
      .all();
  }

  /** Once revoked it stays so. @throws AppError not_found where the owner has no such key. */
  revoke(owner: Principal, id: number): void {
    const isOwn = and(eq(apiKeys.id, id), eq(apiKeys.userId, owner.userId));
    const isActive = and(isOwn, isNull(apiKeys.revokedAt));
    this.#db.update(apiKeys).set({ revokedAt: Date.now() }).where(isActive).run();
    const key = this.#db.select({ id: apiKeys.id }).from(apiKeys).where(isOwn).get();
    if (!key) throw new AppError("not_found", "There is no such API key.");
  }

  /** The account of a key that is active, and notes that the key was used. */
  use(secret: string): { account: Account; id: number } | undefined {
    const isIt = and(eq(apiKeys.hash, hashSecret(secret)), isNull(apiKeys.revokedAt));
    const row = this.#db
      .select({ account: accountColumns, id: apiKeys.id, lastUsedAt: apiKeys.lastUsedAt })
      .from(apiKeys)
      .innerJoin(users, eq(users.id, apiKeys.userId))
      .where(and(isIt, isNull(users.disabledAt), hasPassword))
      .get();
    if (!row) return undefined;
    const now = Date.now();
    if (now - (row.lastUsedAt ?? 0) >= TOUCH_MS) {
      this.#db.update(apiKeys).set({ lastUsedAt: now }).where(eq(apiKeys.id, row.id)).run();
    }
    return { account: row.account, id: row.id };
  }

  #requireRoom(userId: number): void {
    const isActive = and(eq(apiKeys.userId, userId), isNull(apiKeys.revokedAt));
    const active = this.#db.select({ count: count() }).from(apiKeys).where(isActive).get();
    if ((active?.count ?? 0) >= MAX_KEYS) {
      throw new AppError(
        "too_many_api_keys",
        `An account has at most ${MAX_KEYS} API keys. Revoke one that is not needed any more.`,
      );
    }
    const revoked = this.#db
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(and(eq(apiKeys.userId, userId), isNotNull(apiKeys.revokedAt)))
      .orderBy(desc(apiKeys.id))
      .all();
    const forgotten = revoked.slice(MAX_KEYS).map(({ id }) => id);
    this.#db.delete(apiKeys).where(inArray(apiKeys.id, forgotten)).run();
  }
}
