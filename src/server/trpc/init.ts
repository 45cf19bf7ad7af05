/** What every procedure is made of: its context, its errors, who may call it. */
import { initTRPC } from "@trpc/server";
import { AdminAccess, type Principal } from "../auth/principal.ts";
import type { ClientInfo } from "../auth/same-origin.ts";
import type { Upload } from "../documents/receive-upload.ts";
import type { Logger } from "../logger.ts";
import type { Services } from "../services.ts";
import { appErrorOf, errorData, toTrpcError } from "./errors.ts";

export interface LiveStream extends Disposable {
  signal: AbortSignal;
}

export interface TrpcContext {
  services: Services;
  requestId: string;
  logger: Logger;
  client: ClientInfo;
  /** Finds out who is asking, once a request. @throws AppError credentials_invalid, … */
  authenticate: () => Promise<Principal>;
  /**
   * For a subscription: its signal also ends it where the credential is revoked.
   */
  live: (principal: Principal, signal: AbortSignal | undefined) => LiveStream;
  /** The file of a multipart request, received already. */
  upload: Upload | undefined;
}

/** Comments keep proxies, and the idle time-out of our own server, from cutting a quiet subscription. */
export const PING_MS = 5_000;
/** A client that hears nothing for so long connects again. */
export const SILENCE_MS = 15_000;

const t = initTRPC.context<TrpcContext>().create({
  sse: {
    ping: { enabled: true, intervalMs: PING_MS },
    client: { reconnectAfterInactivityMs: SILENCE_MS },
  },
  errorFormatter({ shape, error, ctx }) {
    const failure = appErrorOf(error);
    const data = errorData(failure, ctx?.requestId ?? "");
    return { ...shape, message: failure.message, data };
  },
});

export const { router, createCallerFactory } = t;

/** Domain errors get the HTTP status that is theirs. Calls are counted here, for all have this in common. */
const ownErrors = t.middleware(async ({ ctx, path, next }) => {
  const countCall = ctx.services.metrics.startCall(path);
  const result = await next();
  countCall(result.ok ? "ok" : appErrorOf(result.error).code);
  if (!result.ok) throw toTrpcError(appErrorOf(result.error));
  return result;
});

/** For whoever is logged in, and for everybody where nobody has to be. */
export const procedure = t.procedure.use(ownErrors).use(async ({ ctx, next }) => {
  const principal = await ctx.authenticate();
  return await next({ ctx: { principal } });
});

/** For administrators alone. */
export const adminProcedure = procedure.use(
  async ({ ctx, next }) => await next({ ctx: { admin: AdminAccess.of(ctx.principal) } }),
);
