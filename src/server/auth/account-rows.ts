/** The rows of accounts, and the few ways to find and make one. */
import { and, count, eq, isNotNull, or } from "drizzle-orm";
import { type Role, usernameKey } from "../../shared/accounts.ts";
import type { Db } from "../db/client.ts";
import { users } from "../db/schema.ts";
import { AppError } from "../errors.ts";

/** An account without its password's hash. */
export interface Account {
  id: number;
  username: string;
  role: Role;
  tokenVersion: number;
  createdAt: number;
  /** Null while it may be used. */
  disabledAt: number | null;
}

export const accountColumns = {
  id: users.id,
  username: users.username,
  role: users.role,
  tokenVersion: users.tokenVersion,
  createdAt: users.createdAt,
  disabledAt: users.disabledAt,
};

/** Whether people may log in to it: it has a password, which the anonymous account never has. */
export const hasPassword = isNotNull(users.passwordHash);

export function findAccount(db: Db, username: string): Account | undefined {
  const isIt = and(eq(users.usernameKey, usernameKey(username)), hasPassword);
  return db.select(accountColumns).from(users).where(isIt).get();
}

/**
 * The anonymous account, made at its first use. One that a version without `usernameKey` has made is
 * found by its name.
 *
 * @throws Error where somebody has registered the name: their account must not become everybody's.
 */
export function anonymousAccount(db: Db, username: string): Account {
  const isIt = or(eq(users.usernameKey, usernameKey(username)), eq(users.username, username));
  const [found] = db
    .select({ ...accountColumns, passwordHash: users.passwordHash })
    .from(users)
    .where(isIt)
    .orderBy(users.id)
    .all();
  if (!found) return insertAccount(db, { username, passwordHash: null, role: "user" });
  if (found.passwordHash !== null) {
    throw new Error("ANON_USERNAME names an account with a password. Choose another name.");
  }
  return found;
}

/** All accounts, the anonymous one and those that are disabled included. */
export function countAccounts(db: Db): number {
  return db.select({ accounts: count() }).from(users).get()?.accounts ?? 0;
}

/** @throws AppError username_taken. */
export function insertAccount(
  db: Db,
  account: { username: string; passwordHash: string | null; role: Role },
): Account {
  const [row] = db
    .insert(users)
    .values({ ...account, usernameKey: usernameKey(account.username), createdAt: Date.now() })
    .onConflictDoNothing()
    .returning(accountColumns)
    .all();
  if (!row) throw usernameTaken();
  return row;
}

export function usernameTaken(): AppError {
  return new AppError("username_taken", "Username already registered");
}
