/**
 * `my-ocr user …`: accounts, by who holds the database's file. A server may run meanwhile: it looks
 * into the database at each request, and holds running streams against it.
 */
import {
  type NewAccount,
  type Role,
  newAccountSchema,
  newPasswordSchema,
} from "../../shared/accounts.ts";
import { AccountAdmin } from "../auth/account-admin.ts";
import { type Account, findAccount } from "../auth/account-rows.ts";
import { PasswordHasher } from "../auth/passwords.ts";
import { AdminAccess } from "../auth/principal.ts";
import { refuseHalfRestored } from "../backup/half-restored.ts";
import { dataPlaces, parseConfig } from "../config.ts";
import { type Db, connect, openDatabase } from "../db/client.ts";
import { InstanceLockedError, lockInstance } from "../db/instance-lock.ts";
import { isUpToDate } from "../db/migrations.ts";
import { UsageError } from "./failures.ts";
import { askSecret, plainName } from "./terminal.ts";

const PAGE_SIZE = 200;

interface Desk extends Disposable {
  db: Db;
  admin: AccountAdmin;
}

const access = AdminAccess.ofOperator();

/** @throws UsageError, BackupError, AppError username_taken. */
export async function addUser(username: string, isAdmin: boolean): Promise<string> {
  const account = checkedAccount({ username, password: await newPassword() });
  using desk = await openDesk();
  const made = await desk.admin.create(access, account, isAdmin ? "admin" : "user");
  return `Added ${made.username}.`;
}

export async function listUsers(): Promise<string> {
  using desk = await openDesk();
  const lines = [rowOf("NAME", "ROLE", "STATE", "SINCE")];
  let cursor: number | undefined = 0;
  while (cursor !== undefined) {
    const page = desk.admin.list(access, { cursor, limit: PAGE_SIZE });
    lines.push(...page.accounts.map(lineOf));
    cursor = page.nextCursor;
  }
  return lines.join("\n");
}

/** What it has running ends. @throws UsageError, AppError last_admin. */
export async function disableUser(username: string, isDisabled: boolean): Promise<string> {
  using desk = await openDesk();
  const account = desk.admin.setDisabled(access, find(desk, username).id, isDisabled);
  return `${isDisabled ? "Disabled" : "Enabled"} ${account.username}.`;
}

/** Counts from the account's next request on. @throws UsageError, AppError last_admin. */
export async function setRole(username: string, role: Role): Promise<string> {
  using desk = await openDesk();
  const account = desk.admin.setRole(access, find(desk, username).id, role);
  return `${account.username} is ${role === "admin" ? "an administrator" : "no administrator"}.`;
}

/** Ends all log-ins of the account. @throws UsageError. */
export async function setPassword(username: string): Promise<string> {
  using desk = await openDesk();
  const account = find(desk, username);
  const password = newPasswordSchema.safeParse(await newPassword());
  if (!password.success) throw new UsageError(`The password ${messageOf(password.error)}.`);
  await desk.admin.resetPassword(access, account.id, password.data);
  return `${account.username} has a new password, and is logged out everywhere.`;
}

/**
 * The lock is taken where it is free: then the tables may be made. Where a server has it, they are
 * there already.
 *
 * @throws UsageError, DatabaseTooNewError, BackupError where a restore was interrupted.
 */
async function openDesk(): Promise<Desk> {
  const config = parseConfig(process.env);
  const places = dataPlaces(config);
  const path = places.database;
  const stack = new DisposableStack();
  try {
    const isOurs = stack.use(lockWhereFree(path)) !== undefined;
    if (isOurs) refuseHalfRestored(places);
    const db = isOurs ? openDatabase(path) : connect(path);
    stack.defer(() => db.$client.close());
    if (!isUpToDate(db)) {
      throw new UsageError(
        "The server that runs is of another version. Use the command of its own.",
      );
    }
    db.$client.run("PRAGMA foreign_keys = ON");
    const admin = new AccountAdmin({ db, config, passwords: await PasswordHasher.create() });
    return { db, admin, [Symbol.dispose]: () => stack.dispose() };
  } catch (error) {
    stack.dispose();
    throw error;
  }
}

function lockWhereFree(path: string): Disposable | undefined {
  try {
    return lockInstance(path, 0);
  } catch (error) {
    if (error instanceof InstanceLockedError) return undefined;
    throw error;
  }
}

function find({ db }: Desk, username: string): Account {
  const account = findAccount(db, username);
  if (account) return account;
  throw new UsageError(`There is no account named ${plainName(username)}.`);
}

function checkedAccount(account: NewAccount): NewAccount {
  const result = newAccountSchema.safeParse(account);
  if (result.success) return result.data;
  const field = result.error.issues[0]?.path[0] === "password" ? "password" : "name";
  throw new UsageError(`The ${field} ${messageOf(result.error)}.`);
}

function messageOf(error: { issues: { message: string }[] }): string {
  return error.issues[0]?.message ?? "cannot be used";
}

/** Asked twice on a terminal; elsewhere the first line of standard input. Never an argument. */
async function newPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    const [line = ""] = (await new Response(Bun.stdin.stream()).text()).split(/\r?\n/);
    return line;
  }
  const password = await askSecret("Password: ");
  if ((await askSecret("The same again: ")) === password) return password;
  throw new UsageError("The two are not the same.");
}

function lineOf({ username, role, disabledAt, createdAt }: Account): string {
  const state = disabledAt === null ? "active" : "disabled";
  return rowOf(username, role, state, new Date(createdAt).toISOString().slice(0, 10));
}

function rowOf(name: string, role: string, state: string, since: string): string {
  return `${role.padEnd(5)}  ${state.padEnd(8)}  ${since.padEnd(10)}  ${plainName(name)}`;
}
