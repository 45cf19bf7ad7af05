/**
 * Who is asking. Functions that act for somebody take a `Principal`, and those that manage other
 * people's accounts an `AdminAccess`. Neither can be written down as a literal, so forgetting to
 * find out who is asking is a type error.
 */
import type { Role } from "../../shared/accounts.ts";
import { AppError } from "../errors.ts";
import type { Account } from "./account-rows.ts";

/** By what somebody was recognised, and what has to stay valid for as long as a stream runs. */
export type Credential =
  /** Nobody has to log in. */
  | { kind: "anonymous" }
  | { kind: "token"; tokenVersion: number }
  | { kind: "api_key"; id: number }
  | { kind: "session"; id: string }
  /** The command line on the server's own machine. */
  | { kind: "operator" };

export class Principal {
  readonly userId: number;
  readonly username: string;
  readonly role: Role;
  readonly #credential: Credential;

  private constructor(account: Account, credential: Credential) {
    this.userId = account.id;
    this.username = account.username;
    this.role = account.role;
    this.#credential = credential;
  }

  /** Only after the credential has been checked. */
  static of(account: Account, credential: Credential): Principal {
    return new Principal(account, credential);
  }

  get credential(): Credential {
    return this.#credential;
  }
}

export class AdminAccess {
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  /** @throws AppError admin_required. */
  static of(principal: Principal): AdminAccess {
    if (principal.role !== "admin") {
      throw new AppError("admin_required", "Only an administrator may do this.");
    }
    return new AdminAccess(principal.username);
  }

  /** For the command line: who holds the database's file may do everything. */
  static ofOperator(): AdminAccess {
    return new AdminAccess("operator");
  }

  /** Who it was, for the log. */
  get name(): string {
    return this.#name;
  }
}
