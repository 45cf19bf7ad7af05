/** The job store on SQLite. Every change is one transaction. */
import { type SQL, and, asc, desc, eq, inArray, lt, notInArray, sql } from "drizzle-orm";
import { z } from "zod";
import type { Job, JobPage, PageVersion } from "../../shared/jobs.ts";
import { lineSchema } from "../../shared/ocr-events.ts";
import type { Db } from "../db/client.ts";
import { jobPages, jobs, pageVersions } from "../db/schema.ts";
import { indexedText } from "./search-text.ts";
import type {
  Cursor,
  JobStore,
  NewJob,
  PageFailure,
  PageOverrides,
  ReadPage,
  StoredJob,
} from "./store.ts";
import { type JobState, activeStates, isEnded, unfinishedStates } from "../../shared/job-states.ts";

const overridesSchema = z.object({
  engine: z.string().optional(),
  model: z.string().optional(),
  prompt: z.string().optional(),
  longestSide: z.number().optional(),
});

type PageRow = typeof jobPages.$inferSelect;
type VersionRow = typeof pageVersions.$inferSelect;
/** What is new of a version. */
type NewVersion = Omit<typeof pageVersions.$inferInsert, "id" | "version" | "createdAt">;

const count = (state: PageRow["state"]) => sql<number>`(
  SELECT count(*) FROM ${jobPages}
  WHERE ${jobPages.jobId} = ${jobs.id} AND ${jobPages.state} = ${sql.raw(`'${state}'`)}
)`;

/** How the pages of a job stand, beside a selection of jobs. */
export const jobCounts = { donePages: count("done"), failedPages: count("failed") };

export class SqliteJobStore implements JobStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async create(job: NewJob): Promise<StoredJob> {
    const id = Bun.randomUUIDv7();
    const { pages, ...values } = job;
    this.#db.transaction(() => {
      const row = { ...values, id, pages: pages.length, createdAt: Date.now() };
      this.#db.insert(jobs).values(row).run();
      for (const page of pages) this.#db.insert(jobPages).values({ jobId: id, page }).run();
    });
    const created = await this.get(id);
    if (!created) throw new Error("the job was not stored");
    return created;
  }

  async get(jobId: string): Promise<StoredJob | undefined> {
    return this.#select(eq(jobs.id, jobId), { limit: 1 })[0];
  }

  async list(
    filter: { userId?: number; documentId?: string },
    { before, limit }: Cursor,
  ): Promise<StoredJob[]> {
    const { userId, documentId } = filter;
    const where = and(
      userId === undefined ? undefined : eq(jobs.userId, userId),
      documentId === undefined ? undefined : eq(jobs.documentId, documentId),
      before === undefined ? undefined : lt(jobs.id, before),
    );
    return this.#select(where, { limit });
  }

  async unfinished(): Promise<StoredJob[]> {
    return this.#select(inArray(jobs.state, [...activeStates]), { limit: -1 }).toReversed();
  }

  #select(where: SQL | undefined, { limit }: { limit: number }): StoredJob[] {
    return this.#db
      .select({ job: jobs, ...jobCounts })
      .from(jobs)
      .where(where)
      .orderBy(desc(jobs.id))
      .limit(limit)
      .all()
      .map(({ job, ...counts }) => toStoredJob(job, counts));
  }

  async setState(jobId: string, state: JobState, usageId?: number | null): Promise<void> {
    const endedAt = isEnded(state) ? Date.now() : null;
    const run = usageId === undefined ? {} : { usageId };
    this.#db
      .update(jobs)
      .set({ state, endedAt, ...run })
      .where(eq(jobs.id, jobId))
      .run();
  }

  async pages(jobId: string): Promise<JobPage[]> {
    return this.#pages(eq(jobPages.jobId, jobId));
  }

  async page(jobId: string, page: number): Promise<JobPage | undefined> {
    return this.#pages(isPage(jobId, page))[0];
  }

  async beginPage(jobId: string, page: number): Promise<number> {
    const { attempts } = this.#db
      .update(jobPages)
      .set({ state: "running", attempts: sql`${jobPages.attempts} + 1` })
      .where(isPage(jobId, page))
      .returning({ attempts: jobPages.attempts })
      .get();
    return attempts;
  }

  async endPage(jobId: string, page: number, read: ReadPage): Promise<number> {
    return this.#addVersion({
      jobId,
      page,
      origin: "engine",
      engine: read.engine,
      model: read.model,
      text: read.text,
      lines: read.lines ?? null,
      confidence: read.confidence ?? null,
      source: read.source ?? null,
      finishReason: read.finishReason ?? null,
    });
  }

  async failPage(jobId: string, page: number, failure: PageFailure): Promise<JobPage> {
    this.#db
      .update(jobPages)
      .set({
        state: sql`CASE WHEN ${jobPages.version} > 0 THEN 'done' ELSE 'failed' END`,
        errorCode: failure.code,
        errorDetail: failure.detail,
      })
      .where(isPage(jobId, page))
      .run();
    const failed = await this.page(jobId, page);
    if (!failed) throw new Error(`job ${jobId} has no page ${page}`);
    return failed;
  }

  async releasePages(jobId: string): Promise<void> {
    this.#setPages("pending", and(eq(jobPages.jobId, jobId), eq(jobPages.state, "running")));
  }

  async cancelPages(jobId: string): Promise<void> {
    // What had a text before it was asked for again has it still.
    const isFirst = eq(jobPages.version, 0);
    const waiting = inArray(jobPages.state, ["pending", "running"]);
    const ofJob = eq(jobPages.jobId, jobId);
    this.#db.transaction(() => {
      this.#setPages("cancelled", and(ofJob, waiting, isFirst));
      this.#setPages("done", and(ofJob, waiting));
    });
  }

  #setPages(state: PageRow["state"], where: SQL | undefined): void {
    this.#db.update(jobPages).set({ state }).where(where).run();
  }

  async requeuePage(jobId: string, page: number, overrides: PageOverrides): Promise<void> {
    const hasEnded = and(eq(jobs.id, jobId), notInArray(jobs.state, [...unfinishedStates]));
    this.#db.transaction(() => {
      const waiting = { state: "pending", overrides } as const;
      this.#db.update(jobPages).set(waiting).where(isPage(jobId, page)).run();
      this.#db.update(jobs).set({ state: "running", endedAt: null }).where(hasEnded).run();
    });
  }

  async overrides(jobId: string, page: number): Promise<PageOverrides> {
    const row = this.#pageRow(jobId, page);
    return overridesSchema.parse(row?.overrides ?? {});
  }

  async editPage(jobId: string, page: number, text: string): Promise<number> {
    const current = await this.version(jobId, page);
    const { engine = "", model = "" } = current ?? {};
    return this.#addVersion({ jobId, page, origin: "edit", engine, model, text });
  }

  async restoreVersion(jobId: string, page: number, version: number): Promise<boolean> {
    return this.#db.transaction(() => {
      const row = this.#version(jobId, page, version);
      if (row) this.#setCurrent(row);
      return row !== undefined;
    });
  }

  async version(jobId: string, page: number, version?: number): Promise<PageVersion | undefined> {
    const number = version ?? this.#pageRow(jobId, page)?.version ?? 0;
    const row = this.#version(jobId, page, number);
    return row && toVersion(row);
  }

  async versions(jobId: string, page: number): Promise<PageVersion[]> {
    const rows = this.#db
      .select()
      .from(pageVersions)
      .where(and(eq(pageVersions.jobId, jobId), eq(pageVersions.page, page)))
      .orderBy(desc(pageVersions.version))
      .all();
    return rows.map((row) => toVersion({ ...row, lines: null }));
  }

  #addVersion(version: NewVersion): number {
    return this.#db.transaction(() => {
      const { last } = this.#db
        .select({ last: sql<number>`coalesce(max(${pageVersions.version}), 0)` })
        .from(pageVersions)
        .where(and(eq(pageVersions.jobId, version.jobId), eq(pageVersions.page, version.page)))
        .all()[0] ?? { last: 0 };
      const row = this.#db
        .insert(pageVersions)
        .values({ ...version, version: last + 1, createdAt: Date.now() })
        .returning()
        .get();
      this.#setCurrent(row);
      return row.version;
    });
  }

  /** The version counts, and is what search finds. */
  #setCurrent(row: VersionRow): void {
    const before = this.#pageRow(row.jobId, row.page);
    const old = before && this.#version(row.jobId, row.page, before.version);
    if (old) this.#db.run(sql`DELETE FROM page_search WHERE rowid = ${old.id}`);
    this.#db
      .update(jobPages)
      .set({ state: "done", version: row.version, errorCode: null, errorDetail: null })
      .where(isPage(row.jobId, row.page))
      .run();
    const owner = sql`(SELECT 'u' || user_id FROM jobs WHERE id = ${row.jobId})`;
    this.#db.run(
      sql`INSERT INTO page_search (rowid, owner, words) VALUES (${row.id}, ${owner}, ${indexedText(row.text)})`,
    );
  }

  /** With what is known of the text that counts. */
  #pages(where: SQL | undefined): JobPage[] {
    const isCurrent = and(
      eq(pageVersions.jobId, jobPages.jobId),
      eq(pageVersions.page, jobPages.page),
      eq(pageVersions.version, jobPages.version),
    );
    const { origin, confidence } = pageVersions;
    return this.#db
      .select({ row: jobPages, origin, confidence })
      .from(jobPages)
      .leftJoin(pageVersions, isCurrent)
      .where(where)
      .orderBy(asc(jobPages.page))
      .all()
      .map(({ row, origin, confidence }) => ({
        ...toPage(row),
        ...(origin !== null && { origin }),
        ...(confidence !== null && { confidence }),
      }));
  }

  #pageRow(jobId: string, page: number): PageRow | undefined {
    return this.#db.select().from(jobPages).where(isPage(jobId, page)).get();
  }

  #version(jobId: string, page: number, version: number): VersionRow | undefined {
    return this.#db
      .select()
      .from(pageVersions)
      .where(
        and(
          eq(pageVersions.jobId, jobId),
          eq(pageVersions.page, page),
          eq(pageVersions.version, version),
        ),
      )
      .get();
  }
}

function isPage(jobId: string, page: number) {
  return and(eq(jobPages.jobId, jobId), eq(jobPages.page, page));
}

type Counts = Pick<Job, "donePages" | "failedPages">;

/** A row as it travels. */
export function toJob(row: typeof jobs.$inferSelect, counts: Counts): Job {
  const { id, documentId, state, engine, model, prompt, pages, createdAt, endedAt } = row;
  return {
    id,
    documentId,
    state,
    engine,
    model,
    prompt,
    pages,
    ...counts,
    createdAt: new Date(createdAt).toISOString(),
    ...(endedAt !== null && { endedAt: new Date(endedAt).toISOString() }),
  };
}

function toStoredJob(row: typeof jobs.$inferSelect, counts: Counts): StoredJob {
  return { ...toJob(row, counts), userId: row.userId, usageId: row.usageId ?? undefined };
}

function toPage(row: PageRow): JobPage {
  const { page, state, attempts, version, errorCode, errorDetail } = row;
  return {
    page,
    state,
    attempt: attempts,
    version,
    ...(errorCode !== null && { error: { code: errorCode, detail: errorDetail ?? "" } }),
  };
}

function toVersion(row: VersionRow): PageVersion {
  const { page, version, origin, engine, model, text, lines, confidence, source } = row;
  return {
    page,
    version,
    origin,
    engine,
    model,
    text,
    ...(lines !== null && { lines: z.array(lineSchema).parse(lines) }),
    ...(confidence !== null && { confidence }),
    ...(source !== null && { source }),
    ...(row.finishReason !== null && { finishReason: row.finishReason }),
    createdAt: new Date(row.createdAt).toISOString(),
  };
}
