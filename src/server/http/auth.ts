/** `/api/auth`: register, get a token, log a browser in and out. */
import { Elysia } from "elysia";
import { credentialsSchema, newAccountSchema, tokenRequestSchema } from "../../shared/accounts.ts";
import { requireSameOrigin } from "../auth/same-origin.ts";
import { sessionCookie, sessionSecretOf } from "../auth/session-cookie.ts";
import type { Services } from "../services.ts";
import { access, publicRoute } from "./access.ts";
import { readForm, readJson } from "./body.ts";
import { accountOnWire } from "./users.ts";

const unparsed = { ...publicRoute, parse: "none" } as const;

export function authRoutes(services: Services) {
  const { accounts, sessions, tokens } = services;
  return new Elysia()
    .use(access(services))
    .post(
      "/api/auth/register",
      async ({ client, request }) => {
        const account = await readJson(request, newAccountSchema);
        return accountOnWire(await accounts.register(account, client.address));
      },
      unparsed,
    )
    .post(
      "/api/auth/token",
      async ({ client, request }) => {
        const credentials = await readForm(request, tokenRequestSchema);
        const account = await accounts.logIn(credentials, client.address);
        const { username: sub, id: uid, tokenVersion: tv } = account;
        return {
          access_token: await tokens.sign({ sub, uid, tv }),
          token_type: "bearer",
          expires_in: tokens.lifetimeS,
        };
      },
      unparsed,
    )
    .post(
      "/api/auth/login",
      async ({ client, request, set }) => {
        // Nobody may be logged in to an account of somebody else's choice either.
        requireSameOrigin(request, client);
        const credentials = await readJson(request, credentialsSchema);
        const account = await accounts.logIn(credentials, client.address);
        const userAgent = request.headers.get("user-agent") ?? "";
        const secret = sessions.begin(account, { userAgent, address: client.address });
        const old = sessionSecretOf(request, client);
        if (old !== undefined) sessions.end(old);
        set.headers["set-cookie"] = sessionCookie(client, secret);
        return accountOnWire(account);
      },
      unparsed,
    )
    .post(
      "/api/auth/logout",
      ({ client, request, set }) => {
        requireSameOrigin(request, client);
        const secret = sessionSecretOf(request, client);
        if (secret !== undefined) sessions.end(secret);
        set.headers["set-cookie"] = sessionCookie(client);
        set.status = 204;
      },
      unparsed,
    );
}
