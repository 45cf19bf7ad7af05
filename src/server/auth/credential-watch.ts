/**
 * Ends streams whose credential is not valid any more. Asked of the database again and again, because
 * another process, such as the command line, may revoke it there.
 */
import { and, eq, gt, isNull } from "drizzle-orm";
import type { Db } from "../db/client.ts";
import { apiKeys, sessions, users } from "../db/schema.ts";
import { AppError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { Principal } from "./principal.ts";

/** A stream goes on for at most so long, and the time of its last lines, after its credential. */
const INTERVAL_MS = 500;

export interface WatchedStream {
  controller: AbortController;
  /** Undefined for what runs for nobody. */
  principal: Principal | undefined;
}

/** Looks at the streams that run until it is disposed; costs nothing while none does. */
export function watchCredentials(
  db: Db,
  streams: () => Iterable<WatchedStream>,
  logger: Logger,
): Disposable {
  const timer = setInterval(() => {
    try {
      endRevoked(db, streams());
    } catch (error) {
      logger.error({ err: error }, "credentials of running streams could not be checked");
    }
  }, INTERVAL_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** One question for each credential, however many streams it has. */
function endRevoked(db: Db, streams: Iterable<WatchedStream>): void {
  const verdicts = new Map<string, boolean>();
  for (const { controller, principal } of streams) {
    if (!principal || controller.signal.aborted) continue;
    const key = JSON.stringify([principal.userId, principal.credential]);
    const isValid = verdicts.get(key) ?? stillValid(db, principal);
    verdicts.set(key, isValid);
    if (!isValid) controller.abort(sessionRevoked());
  }
}

/** That an access token has expired meanwhile is no reason: it was good when the stream began. */
function stillValid(db: Db, { userId, credential }: Principal): boolean {
  const isActive = and(eq(users.id, userId), isNull(users.disabledAt));
  const account = db.select({ id: users.id }).from(users);
  switch (credential.kind) {
    case "anonymous":
    case "operator":
      return true;
    case "token": {
      const isCurrent = eq(users.tokenVersion, credential.tokenVersion);
      return account.where(and(isActive, isCurrent)).get() !== undefined;
    }
    case "api_key": {
      const isKey = and(eq(apiKeys.id, credential.id), isNull(apiKeys.revokedAt));
      const withKey = account.innerJoin(apiKeys, eq(apiKeys.userId, users.id));
      return withKey.where(and(isActive, isKey)).get() !== undefined;
    }
    case "session": {
      const isSession = and(eq(sessions.id, credential.id), gt(sessions.expiresAt, Date.now()));
      const withSession = account.innerJoin(sessions, eq(sessions.userId, users.id));
      return withSession.where(and(isActive, isSession)).get() !== undefined;
    }
  }
}

function sessionRevoked(): AppError {
  return new AppError("session_revoked", "The log-in of this request has ended. Log in again.");
}
