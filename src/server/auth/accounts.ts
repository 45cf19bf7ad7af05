/** Accounts as their owners use them: register, log in, change the password, log out everywhere. */
import { and, eq, ne, sql } from "drizzle-orm";
import { type Credentials, type NewAccount, usernameKey } from "../../shared/accounts.ts";
import type { Config } from "../config.ts";
import type { Db } from "../db/client.ts";
import { sessions, users } from "../db/schema.ts";
import { AppError, toAppError } from "../errors.ts";
import type { Metrics } from "../metrics/registry.ts";
import {
  type Account,
  accountColumns,
  findAccount,
  hasPassword,
  insertAccount,
  usernameTaken,
} from "./account-rows.ts";
import { AttemptLimits } from "./attempt-limits.ts";
import type { PasswordHasher } from "./passwords.ts";
import type { Principal } from "./principal.ts";

export interface AccountTools {
  db: Db;
  passwords: PasswordHasher;
  config: Config;
  loginsRefused?: Metrics["loginsRefused"];
}

export class Accounts {
  readonly #db: Db;
  readonly #passwords: PasswordHasher;
  readonly #config: Config;
  readonly #loginsRefused: Metrics["loginsRefused"] | undefined;
  readonly #attempts = new AttemptLimits();

  constructor({ db, passwords, config, loginsRefused }: AccountTools) {
    this.#db = db;
    this.#passwords = passwords;
    this.#config = config;
    this.#loginsRefused = loginsRefused;
  }

  /**
   * Makes an account of one's own. The first one of a server that asks for log-ins is its
   * administrator's; while nobody has to log in, a stranger must not become that.
   *
   * @param address of the one who asks.
   * @throws AppError registration_disabled, too_many_attempts, username_taken, server_busy.
   */
  async register({ username, password }: NewAccount, address: string): Promise<Account> {
    if (!this.#config.REGISTRATION_ENABLED) {
      throw new AppError("registration_disabled", "Registration is closed. Ask an administrator.");
    }
    await this.#attempts.register(address);
    // Before the hash, which costs; the insert finds out once more.
    if (findAccount(this.#db, username) || this.#isAnonymous(username)) throw usernameTaken();
    const passwordHash = await this.#passwords.hash(password);
    const insert = (): Account => {
      const isFirst = this.#config.AUTH_ENABLED && !hasAdmin(this.#db);
      const role = isFirst ? "admin" : "user";
      return insertAccount(this.#db, { username, passwordHash, role });
    };
    return this.#db.transaction(insert, { behavior: "immediate" });
  }

  /**
   * The account that name and password belong to.
   *
   * @param address of the one who asks.
   * @throws AppError login_failed, the same after the same time whatever is wrong;
   *   too_many_attempts, server_busy.
   */
  async logIn(credentials: Credentials, address: string): Promise<Account> {
    try {
      return await this.#logIn(credentials, address);
    } catch (error) {
      this.#loginsRefused?.inc({ reason: toAppError(error).code });
      throw error;
    }
  }

  async #logIn({ username, password }: Credentials, address: string): Promise<Account> {
    const row = this.#db
      .select({ ...accountColumns, passwordHash: users.passwordHash })
      .from(users)
      .where(eq(users.usernameKey, usernameKey(username)))
      .get();
    const isRight = await this.#attempts.logIn(
      username,
      address,
      async () => await this.#passwords.verify(password, row?.passwordHash),
    );
    if (!row || !isRight || row.disabledAt !== null) throw loginFailed();
    const { passwordHash: _, ...account } = row;
    return account;
  }

  findByUsername(username: string): Account | undefined {
    return findAccount(this.#db, username);
  }

  /** @throws AppError credentials_invalid where it is gone by now. */
  ownAccount(principal: Principal): Account {
    const isIt = eq(users.id, principal.userId);
    const account = this.#db.select(accountColumns).from(users).where(isIt).get();
    if (!account) throw notAuthenticated();
    return account;
  }

  /**
   * Ends all access tokens, and all sessions but the one that asks. API keys stay: they are revoked
   * one by one.
   *
   * @param address of the one who asks.
   * @throws AppError password_mismatch, anonymous_account, too_many_attempts, server_busy.
   */
  async changePassword(
    principal: Principal,
    passwords: { current: string; next: string },
    address: string,
  ): Promise<void> {
    const row = this.#db
      .select({ hash: users.passwordHash })
      .from(users)
      .where(eq(users.id, principal.userId))
      .get();
    const hash = row?.hash ?? null;
    if (hash === null) throw anonymousHasNone();
    const isRight = await this.#attempts.logIn(
      principal.username,
      address,
      async () => await this.#passwords.verify(passwords.current, hash),
    );
    if (!isRight) throw passwordMismatch();
    const next = await this.#passwords.hash(passwords.next);
    this.#db.transaction(
      (tx) => {
        const isUnchanged = and(eq(users.id, principal.userId), eq(users.passwordHash, hash));
        const changed = tx
          .update(users)
          .set({ passwordHash: next, tokenVersion: sql`${users.tokenVersion} + 1` })
          .where(isUnchanged)
          .returning({ id: users.id })
          .all();
        // Somebody else has changed it meanwhile.
        if (changed.length === 0) throw passwordMismatch();
        const own = principal.credential.kind === "session" ? principal.credential.id : "";
        const others = and(eq(sessions.userId, principal.userId), ne(sessions.id, own));
        tx.delete(sessions).where(others).run();
      },
      { behavior: "immediate" },
    );
  }

  /** Ends all access tokens and sessions, the one that asks among them. API keys stay. */
  logOutEverywhere(principal: Principal): void {
    endLogIns(this.#db, principal.userId);
  }

  /** Names that spell like the anonymous account's are never given away. */
  #isAnonymous(username: string): boolean {
    return usernameKey(username) === usernameKey(this.#config.ANON_USERNAME);
  }
}

/** Ends all access tokens and sessions of an account, for every process that uses the database. */
export function endLogIns(db: Db, userId: number): void {
  db.transaction(
    (tx) => {
      tx.update(users)
        .set({ tokenVersion: sql`${users.tokenVersion} + 1` })
        .where(eq(users.id, userId))
        .run();
      tx.delete(sessions).where(eq(sessions.userId, userId)).run();
    },
    { behavior: "immediate" },
  );
}

/** 401 for whatever is wrong with a credential: which it is would help nobody but a thief. */
export function notAuthenticated(): AppError {
  return new AppError("credentials_invalid", "Could not validate credentials");
}

export function loginFailed(): AppError {
  return new AppError("login_failed", "Incorrect username or password");
}

export function anonymousHasNone(): AppError {
  return new AppError(
    "anonymous_account",
    "Nobody can log in to the anonymous account. It has no password, keys or sessions.",
  );
}

function hasAdmin(db: Db): boolean {
  const isAdmin = and(eq(users.role, "admin"), hasPassword);
  return db.select({ id: users.id }).from(users).where(isAdmin).get() !== undefined;
}

function passwordMismatch(): AppError {
  return new AppError("password_mismatch", "The current password is not right.");
}
