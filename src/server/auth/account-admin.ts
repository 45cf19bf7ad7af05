/** What administrators and the command line do with other people's accounts. */
import { and, eq, gt, isNull, ne } from "drizzle-orm";
import { type NewAccount, type Role, usernameKey } from "../../shared/accounts.ts";
import type { Config } from "../config.ts";
import type { Db } from "../db/client.ts";
import { users } from "../db/schema.ts";
import { AppError } from "../errors.ts";
import {
  type Account,
  accountColumns,
  findAccount,
  hasPassword,
  insertAccount,
  usernameTaken,
} from "./account-rows.ts";
import { type AccountTools, endLogIns } from "./accounts.ts";
import type { PasswordHasher } from "./passwords.ts";
import type { AdminAccess } from "./principal.ts";

export interface AccountPage {
  /** In the order of their ids. */
  accounts: Account[];
  /** Where the next page begins; undefined on the last one. */
  nextCursor: number | undefined;
}

export class AccountAdmin {
  readonly #db: Db;
  readonly #passwords: PasswordHasher;
  readonly #config: Config;

  constructor({ db, passwords, config }: AccountTools) {
    this.#db = db;
    this.#passwords = passwords;
    this.#config = config;
  }

  /** The accounts that people can log in to. @param cursor the `nextCursor` of the page before. */
  list(
    _access: AdminAccess,
    { cursor = 0, limit }: { cursor?: number; limit: number },
  ): AccountPage {
    const rows = this.#db
      .select(accountColumns)
      .from(users)
      .where(and(gt(users.id, cursor), hasPassword))
      .orderBy(users.id)
      .limit(limit + 1)
      .all();
    const accounts = rows.slice(0, limit);
    return { accounts, nextCursor: rows.length > limit ? accounts.at(-1)?.id : undefined };
  }

  /**
   * Makes an account whether registration is open or not.
   *
   * @throws AppError username_taken, server_busy.
   */
  async create(
    _access: AdminAccess,
    { username, password }: NewAccount,
    role: Role = "user",
  ): Promise<Account> {
    const isAnonymous = usernameKey(username) === usernameKey(this.#config.ANON_USERNAME);
    if (isAnonymous || findAccount(this.#db, username)) throw usernameTaken();
    const passwordHash = await this.#passwords.hash(password);
    return insertAccount(this.#db, { username, passwordHash, role });
  }

  /**
   * A disabled account can do nothing, and all that it has running ends. Its API keys work again
   * when it is enabled; log-ins have to be made anew.
   *
   * @throws AppError not_found, last_admin.
   */
  setDisabled(_access: AdminAccess, userId: number, disabled: boolean): Account {
    const change = (): Account => {
      const account = this.#find(userId);
      if (disabled) this.#requireOtherAdmin(account);
      const disabledAt = disabled ? (account.disabledAt ?? Date.now()) : null;
      this.#db.update(users).set({ disabledAt }).where(eq(users.id, userId)).run();
      if (disabled) endLogIns(this.#db, userId);
      return this.#find(userId);
    };
    return this.#db.transaction(change, { behavior: "immediate" });
  }

  /**
   * Counts from the account's next request on.
   *
   * @throws AppError not_found, last_admin.
   */
  setRole(_access: AdminAccess, userId: number, role: Role): Account {
    const change = (): Account => {
      const account = this.#find(userId);
      if (role !== "admin") this.#requireOtherAdmin(account);
      this.#db.update(users).set({ role }).where(eq(users.id, userId)).run();
      return { ...account, role };
    };
    return this.#db.transaction(change, { behavior: "immediate" });
  }

  /**
   * Sets a password without the old one, and ends all access tokens and sessions.
   *
   * @throws AppError not_found, server_busy.
   */
  async resetPassword(_access: AdminAccess, userId: number, password: string): Promise<void> {
    this.#find(userId);
    const passwordHash = await this.#passwords.hash(password);
    const change = (): void => {
      this.#db.update(users).set({ passwordHash }).where(eq(users.id, userId)).run();
      endLogIns(this.#db, userId);
    };
    this.#db.transaction(change, { behavior: "immediate" });
  }

  #find(userId: number): Account {
    const isIt = and(eq(users.id, userId), hasPassword);
    const account = this.#db.select(accountColumns).from(users).where(isIt).get();
    if (!account) throw new AppError("not_found", "There is no such account.");
    return account;
  }

  /** Somebody has to be left who can undo what is done to this one. */
  #requireOtherAdmin(account: Account): void {
    if (account.role !== "admin" || account.disabledAt !== null) return;
    const isActive = and(eq(users.role, "admin"), isNull(users.disabledAt), hasPassword);
    const isOther = and(isActive, ne(users.id, account.id));
    if (this.#db.select({ id: users.id }).from(users).where(isOther).get()) return;
    throw new AppError("last_admin", "This is the last active administrator. Make another first.");
  }
}
