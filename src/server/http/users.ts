/** `/api/users/me`: the caller's own account. */
import { Elysia } from "elysia";
import type { Account } from "../auth/account-rows.ts";
import type { Services } from "../services.ts";
import { access } from "./access.ts";

export function userRoutes(services: Services) {
  return new Elysia()
    .use(access(services))
    .get(
      "/api/users/me",
      ({ principal }) => accountOnWire(services.accounts.ownAccount(principal)),
      { signedIn: true },
    );
}

export function accountOnWire(account: Account) {
  return {
    username: account.username,
    id: account.id,
    created_at: new Date(account.createdAt).toISOString(),
    // Beyond the original fields:
    role: account.role,
  };
}
