/** `/api/users/me`: the caller's own account. */
import { Elysia } from "elysia";
import { type AccountOnWire, accountSchema } from "../../shared/accounts.ts";
import type { Account } from "../auth/account-rows.ts";
import type { Services } from "../services.ts";
import { access } from "./access.ts";
import type { Operations } from "./openapi/operation.ts";

export function userRoutes(services: Services) {
  return new Elysia()
    .use(access(services))
    .get(
      "/api/users/me",
      ({ principal }) => accountOnWire(services.accounts.ownAccount(principal)),
      { signedIn: true },
    );
}

export const userOperations: Operations = {
  "GET /api/users/me": {
    id: "getAccount",
    summary: "The account that asks",
    tag: "Accounts",
    answers: {
      200: { description: "The account", content: { "application/json": accountSchema } },
    },
  },
};

export function accountOnWire(account: Account): AccountOnWire {
  return {
    username: account.username,
    id: account.id,
    created_at: new Date(account.createdAt).toISOString(),
    // Beyond the original fields:
    role: account.role,
  };
}
