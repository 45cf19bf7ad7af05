/** The one place where everything is wired. Tests build the same graph with overrides. */
import { mkdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { AccountAdmin } from "./auth/account-admin.ts";
import { anonymousAccount, countAccounts } from "./auth/account-rows.ts";
import { Accounts } from "./auth/accounts.ts";
import { ApiKeys } from "./auth/api-keys.ts";
import { Authenticator } from "./auth/authenticate.ts";
import { makeBootstrapAccount } from "./auth/bootstrap.ts";
import { watchCredentials } from "./auth/credential-watch.ts";
import { PasswordHasher } from "./auth/passwords.ts";
import { loadSecretKey } from "./auth/secret-key.ts";
import { Sessions } from "./auth/sessions.ts";
import { Tokens } from "./auth/tokens.ts";
import { refuseHalfRestored } from "./backup/half-restored.ts";
import { BackupSchedule } from "./backup/schedule.ts";
import { type Config, blobDirectory, dataPlaces, databasePath, spoolDirectory } from "./config.ts";
import { type Db, openDatabase } from "./db/client.ts";
import { lockInstance } from "./db/instance-lock.ts";
import { FolderBlobStore } from "./documents/blob-store.ts";
import { DocumentLibrary } from "./documents/library.ts";
import { MOST_PAGES } from "./documents/open-upload.ts";
import type { UploadLimits } from "./documents/receive-upload.ts";
import type { Engine } from "./engines/engine.ts";
import type { Engines } from "./engines/engines.ts";
import { createEngines } from "./engines/registry.ts";
import { Exporter } from "./exports/exporter.ts";
import { Pictures } from "./exports/pictures.ts";
import { Batches } from "./jobs/batch.ts";
import { Catalog } from "./jobs/catalog.ts";
import { MemoryEventLog } from "./jobs/event-log.ts";
import { Jobs } from "./jobs/jobs.ts";
import { Retention } from "./jobs/retention.ts";
import { JobRunner } from "./jobs/runner.ts";
import { SqliteJobStore } from "./jobs/sqlite-store.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./logger.ts";
import { type Metrics, createMetrics } from "./metrics/registry.ts";
import { PageQuota } from "./ocr/page-quota.ts";
import { UsageLedger } from "./ocr/usage-ledger.ts";
import { UsageReports } from "./ocr/usage-reports.ts";
import { type OpenLimits, Raster } from "./raster/raster.ts";

/** A `ping` goes out after so much silence; proxies cut after 10 s at the earliest. */
const HEARTBEAT_MS = 5_000;
/** An upload that trickles is cut after so long. */
const UPLOAD_PROGRESS_MS = 10_000;
const HOUR_MS = 3_600_000;
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

/** What requests use, and how much they may. */
export interface UsageServices {
  ledger: UsageLedger;
  usageReports: UsageReports;
  quota: PageQuota;
}

export interface Services extends AuthServices, UsageServices, AsyncDisposable {
  config: Config;
  logger: Logger;
  db: Db;
  metrics: Metrics;
  lifecycle: Lifecycle;
  engines: Engines;
  raster: Raster;
  library: DocumentLibrary;
  catalog: Catalog;
  batches: Batches;
  jobs: Jobs;
  runner: JobRunner;
  exporter: Exporter;
  pictures: Pictures;
  /** Where `BACKUP_DIR` is set. */
  backups: BackupSchedule | undefined;
  spoolDirectory: string;
  uploadLimits: UploadLimits;
  openLimits: OpenLimits;
  heartbeatMs: number;
}

export interface ServiceOverrides {
  engine?: Engine;
  /** Is not disposed with the services. */
  raster?: Raster;
  heartbeatMs?: number;
}

/**
 * Opens the database (migrating it), clears what an earlier run left behind, starts the child
 * processes. Dispose to end it all.
 *
 * @throws InstanceLockedError, DatabaseTooNewError, BackupError where a restore was interrupted.
 */
export async function createServices(
  config: Config,
  logger: Logger,
  overrides: ServiceOverrides = {},
): Promise<Services> {
  await using stack = new AsyncDisposableStack();
  const path = databasePath(config);
  stack.use(lockInstance(path));
  refuseHalfRestored(dataPlaces(config));
  const db = openDatabase(path);
  stack.defer(() => db.$client.close());
  const metrics = stack.use(createMetrics());
  metrics.watchUsers(() => countAccounts(db));
  metrics.watchStorage({ directory: config.DATA_DIR, database: path });
  const auth = await createAuth({ db, config, logger, metrics });
  const lifecycle = new Lifecycle();
  stack.use(watchCredentials(db, () => lifecycle.streams(), logger));
  const usage = createUsage({ db, config, logger, metrics });
  const spool = await emptySpool(config);
  const raster = overrides.raster ?? stack.use(createRaster(config, logger, metrics));
  const engineOptions = { metrics, override: overrides.engine };
  const engines = stack.use(createEngines(config, logger, engineOptions));
  const openLimits = { maxPages: config.MAX_PAGES, maxPixels: config.MAX_MEGAPIXELS * 1e6 };
  const library = new DocumentLibrary(db, new FolderBlobStore(blobDirectory(config)));
  const parts = { config, logger, metrics, db, library, engines, raster, openLimits, ...usage };
  const kept = createJobs(parts);
  stack.use(kept.retention);
  stack.defer(async () => await kept.runner.drain(0));
  await kept.runner.recover();
  kept.retention.start();
  const backups = scheduleBackups(config, logger, metrics);
  if (backups) stack.use(backups);
  const resources = stack.move();
  return {
    config,
    backups,
    logger,
    db,
    metrics,
    lifecycle,
    engines,
    raster,
    library,
    catalog: new Catalog(db),
    batches: new Batches(db),
    jobs: kept.jobs,
    runner: kept.runner,
    exporter: kept.exporter,
    pictures: kept.pictures,
    ...auth,
    ...usage,
    spoolDirectory: spool,
    uploadLimits: uploadLimitsOf(config),
    openLimits,
    heartbeatMs: overrides.heartbeatMs ?? HEARTBEAT_MS,
    [Symbol.asyncDispose]: async () => await resources.disposeAsync(),
  };
}

interface AuthParts {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  db: Db;
}

async function createAuth({ db, config, logger, metrics }: AuthParts): Promise<AuthServices> {
  const { loginsRefused } = metrics;
  const tools = { db, config, loginsRefused, passwords: await PasswordHasher.create() };
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

interface JobParts extends AuthParts, UsageServices {
  library: DocumentLibrary;
  engines: Engines;
  raster: Raster;
  openLimits: OpenLimits;
}

interface JobServices {
  jobs: Jobs;
  runner: JobRunner;
  retention: Retention;
  exporter: Exporter;
  pictures: Pictures;
}

/** The jobs, what runs them, what leaves the server of them, and what removes them in the end. */
function createJobs(parts: JobParts): JobServices {
  const { config, logger, metrics, db, library, engines, raster, ledger } = parts;
  const store = new SqliteJobStore(db);
  const logs = new MemoryEventLog();
  // Whether the document has too many pages was asked when it came, or when the job was made.
  const openLimits = { ...parts.openLimits, maxPages: MOST_PAGES };
  const runner = new JobRunner({
    store,
    logs,
    library,
    engines,
    raster,
    ledger,
    metrics: metrics.recognition,
    logger,
    openLimits,
    onEnded: (documentId) => retention.onJobEnded(documentId),
  });
  const jobs = new Jobs({
    store,
    logs,
    runner,
    library,
    engines,
    ledger,
    quota: parts.quota,
    defaultPrompt: config.LLM_PROMPT,
    maxPages: config.MAX_PAGES,
  });
  const retention = new Retention({ jobs, library, days: config.RETENTION_DAYS, logger });
  const exporter = new Exporter(store, library);
  const pictures = new Pictures({ library, raster, openLimits });
  return { jobs, runner, retention, exporter, pictures };
}

function createUsage({ db, config, logger, metrics }: AuthParts): UsageServices {
  const ledger = new UsageLedger(db, metrics.timeDatabase);
  const interrupted = ledger.closeInterrupted();
  if (interrupted > 0) logger.warn({ rows: interrupted }, "closed usage rows of an earlier run");
  return {
    ledger,
    usageReports: new UsageReports(db, metrics.timeDatabase),
    quota: new PageQuota(db, config.USER_MONTHLY_PAGES),
  };
}

function uploadLimitsOf(config: Config): UploadLimits {
  return {
    maxBytes: config.MAX_UPLOAD_MB * MIB,
    timeoutMs: config.UPLOAD_TIMEOUT_S * 1000,
    progressMs: UPLOAD_PROGRESS_MS,
  };
}

/** Under the instance lock nobody else's uploads can be in it. */
async function emptySpool(config: Config): Promise<string> {
  const spool = spoolDirectory(config);
  await rm(spool, { recursive: true, force: true });
  await mkdir(spool, { recursive: true, mode: 0o700 });
  return spool;
}

function scheduleBackups(
  config: Config,
  logger: Logger,
  metrics: Metrics,
): BackupSchedule | undefined {
  const { BACKUP_DIR: folder, BACKUP_EVERY_HOURS: hours, BACKUP_KEEP: keep } = config;
  if (folder === undefined || hours === 0) return undefined;
  return new BackupSchedule({
    task: { places: dataPlaces(config), folder: resolve(folder), keep },
    everyMs: hours * HOUR_MS,
    metrics: metrics.backups,
    logger,
  });
}

/** @param metrics where somebody looks at them. */
export function createRaster(config: Config, logger: Logger, metrics?: Metrics): Raster {
  return new Raster({
    processes: config.RASTER_PROCESSES,
    timeoutMs: config.RASTER_TIMEOUT_S * 1000,
    memoryLimitMb: config.RASTER_MEMORY_MB,
    logger,
    ...(metrics && { metrics }),
  });
}
