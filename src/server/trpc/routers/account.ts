/** The caller's own account: who it is, its password, its API keys and its browser sessions. */
import { z } from "zod";
import { newPasswordSchema } from "../../../shared/accounts.ts";
import { anonymousHasNone } from "../../auth/accounts.ts";
import type { ApiKey } from "../../auth/api-keys.ts";
import { procedure, router } from "../init.ts";
import { timeOf } from "../times.ts";

const MOST_NAME_CHARS = 64;

const apiKeysRouter = router({
  /** The newest first, the revoked ones among them. */
  list: procedure.query(({ ctx }) => ctx.services.apiKeys.list(ctx.principal).map(shownKey)),

  /** `secret` is told this once. */
  create: procedure
    .input(z.object({ name: z.string().trim().min(1).max(MOST_NAME_CHARS) }))
    .mutation(({ ctx, input }) => {
      const { key, secret } = ctx.services.apiKeys.create(ctx.principal, input.name);
      return { ...shownKey(key), secret };
    }),

  revoke: procedure
    .input(z.object({ id: z.int() }))
    .mutation(({ ctx, input }) => ctx.services.apiKeys.revoke(ctx.principal, input.id)),
});

const sessionsRouter = router({
  /** Those that have not ended, the one used last first. */
  list: procedure.query(({ ctx }) => {
    const { credential } = ctx.principal;
    const own = credential.kind === "session" ? credential.id : undefined;
    return ctx.services.sessions.list(ctx.principal).map((session) => ({
      id: session.id,
      userAgent: session.userAgent,
      address: session.address,
      createdAt: timeOf(session.createdAt),
      lastUsedAt: timeOf(session.lastUsedAt),
      expiresAt: timeOf(session.expiresAt),
      /** The one that asks. */
      isCurrent: session.id === own,
    }));
  }),

  revoke: procedure
    .input(z.object({ id: z.string().max(64) }))
    .mutation(({ ctx, input }) => ctx.services.sessions.revoke(ctx.principal, input.id)),
});

export const accountRouter = router({
  me: procedure.query(({ ctx }) => {
    const { accounts, quota, config } = ctx.services;
    const { id, username, role, createdAt } = accounts.ownAccount(ctx.principal);
    const { resetsAt, ...pages } = quota.state(id);
    return {
      id,
      username,
      role,
      createdAt: timeOf(createdAt),
      authEnabled: config.AUTH_ENABLED,
      isAnonymous: ctx.principal.credential.kind === "anonymous",
      quota: { ...pages, resetsAt: resetsAt.toISOString() },
    };
  }),

  /** Ends all access tokens, and all sessions but the one that asks. */
  changePassword: procedure
    .input(z.object({ current: z.string(), next: newPasswordSchema }))
    .mutation(
      async ({ ctx, input }) =>
        await ctx.services.accounts.changePassword(ctx.principal, input, ctx.client.address),
    ),

  /** Ends all access tokens and sessions, the one that asks among them. API keys stay. */
  logOutEverywhere: procedure.mutation(({ ctx }) => {
    if (ctx.principal.credential.kind === "anonymous") throw anonymousHasNone();
    ctx.services.accounts.logOutEverywhere(ctx.principal);
  }),

  apiKeys: apiKeysRouter,
  sessions: sessionsRouter,
});

function shownKey({ id, name, prefix, createdAt, lastUsedAt, revokedAt }: ApiKey) {
  return {
    id,
    name,
    prefix,
    createdAt: timeOf(createdAt),
    lastUsedAt: lastUsedAt === null ? null : timeOf(lastUsedAt),
    revokedAt: revokedAt === null ? null : timeOf(revokedAt),
  };
}
