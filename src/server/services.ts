/** The one place where everything is wired. Tests build the same graph with overrides. */
import { mkdir, rm } from "node:fs/promises";
import { AccountAdmin } from "./auth/account-admin.ts";
import { anonymousAccount } from "./auth/account-rows.ts";
import { Accounts } from "./auth/accounts.ts";
import { ApiKeys } from "./auth/api-keys.ts";
import { Authenticator } from "./auth/authenticate.ts";
import { makeBootstrapAccount } from "./auth/bootstrap.ts";
import { watchCredentials } from "./auth/credential-watch.ts";
import { PasswordHasher } from "./auth/passwords.ts";
import { loadSecretKey } from "./auth/secret-key.ts";
import { Sessions } from "./auth/sessions.ts";
import { Tokens } from "./auth/tokens.ts";
import { type Config, databasePath, spoolDirectory } from "./config.ts";
import { type Db, openDatabase } from "./db/client.ts";
import { lockInstance } from "./db/instance-lock.ts";
import type { UploadLimits } from "./documents/receive-upload.ts";
import type { Engine } from "./engines/engine.ts";
import { createLimiter } from "./engines/limiter.ts";
import { createEngine } from "./engines/registry.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./logger.ts";
import type { RecognitionTools } from "./ocr/recognize-document.ts";
import { UsageLedger } from "./ocr/usage-ledger.ts";
import { type OpenLimits, Raster } from "./raster/raster.ts";

/** A `ping` goes out after so much silence; proxies cut after 10 s at the earliest. */
const HEARTBEAT_MS = 5_000;
/** An upload that trickles is cut after so long. */
const UPLOAD_PROGRESS_MS = 10_000;
const MIB = 1024 * 1024;

/** Accounts and who is asking. */
export interface AuthServices {
  accounts: Accounts;
  accountAdmin: AccountAdmin;
  apiKeys: ApiKeys;
  sessions: Sessions;
  tokens: Tokens;
  authenticator: Authenticator;
}

export interface Services extends AuthServices, AsyncDisposable {
  config: Config;
  logger: Logger;
  db: Db;
  lifecycle: Lifecycle;
  engine: Engine;
  raster: Raster;
  recognition: RecognitionTools;
  spoolDirectory: string;
  uploadLimits: UploadLimits;
  openLimits: OpenLimits;
  heartbeatMs: number;
}

export interface ServiceOverrides {
  engine?: Engine;
  heartbeatMs?: number;
}

/**
 * Opens the database (migrating it), clears what an earlier run left behind, starts the child
 * processes. Dispose to end it all.
 *
 * @throws InstanceLockedError, DatabaseTooNewError.
 */
export async function createServices(
  config: Config,
  logger: Logger,
  overrides: ServiceOverrides = {},
): Promise<Services> {
  await using stack = new AsyncDisposableStack();
  const path = databasePath(config);
  stack.use(lockInstance(path));
  const db = openDatabase(path);
  stack.defer(() => db.$client.close());
  const auth = await createAuth(db, config, logger);
  const lifecycle = new Lifecycle();
  stack.use(watchCredentials(db, () => lifecycle.streams(), logger));
  const ledger = recoverLedger(db, logger);
  const spool = await emptySpool(config);
  const raster = stack.use(createRaster(config, logger));
  const engine = stack.use(overrides.engine ?? createEngine(config, logger));
  const concurrency = Math.min(config.OCR_PAGE_CONCURRENCY, engine.concurrency);
  const limiter = createLimiter(concurrency);
  const resources = stack.move();
  return {
    config,
    logger,
    db,
    lifecycle,
    engine,
    raster,
    recognition: { engine, limiter, ledger, pageConcurrency: concurrency },
    ...auth,
    spoolDirectory: spool,
    uploadLimits: {
      maxBytes: config.MAX_UPLOAD_MB * MIB,
      timeoutMs: config.UPLOAD_TIMEOUT_S * 1000,
      progressMs: UPLOAD_PROGRESS_MS,
    },
    openLimits: { maxPages: config.MAX_PAGES, maxPixels: config.MAX_MEGAPIXELS * 1e6 },
    heartbeatMs: overrides.heartbeatMs ?? HEARTBEAT_MS,
    [Symbol.asyncDispose]: async () => await resources.disposeAsync(),
  };
}

async function createAuth(db: Db, config: Config, logger: Logger): Promise<AuthServices> {
  const tools = { db, config, passwords: await PasswordHasher.create() };
  const accountAdmin = new AccountAdmin(tools);
  await makeBootstrapAccount(accountAdmin, tools, logger);
  const tokens = new Tokens(loadSecretKey(config, logger), config);
  const apiKeys = new ApiKeys(db);
  const sessions = new Sessions(db);
  const anonymous = config.AUTH_ENABLED ? undefined : anonymousAccount(db, config.ANON_USERNAME);
  return {
    accounts: new Accounts(tools),
    accountAdmin,
    apiKeys,
    sessions,
    tokens,
    authenticator: new Authenticator({ db, tokens, apiKeys, sessions, anonymous }),
  };
}

function recoverLedger(db: Db, logger: Logger): UsageLedger {
  const ledger = new UsageLedger(db);
  const interrupted = ledger.closeInterrupted();
  if (interrupted > 0) logger.warn({ rows: interrupted }, "closed usage rows of an earlier run");
  return ledger;
}

/** Under the instance lock nobody else's uploads can be in it. */
async function emptySpool(config: Config): Promise<string> {
  const spool = spoolDirectory(config);
  await rm(spool, { recursive: true, force: true });
  await mkdir(spool, { recursive: true, mode: 0o700 });
  return spool;
}

function createRaster(config: Config, logger: Logger): Raster {
  return new Raster({
    processes: config.RASTER_PROCESSES,
    timeoutMs: config.RASTER_TIMEOUT_S * 1000,
    memoryLimitMb: config.RASTER_MEMORY_MB,
    logger,
  });
}
