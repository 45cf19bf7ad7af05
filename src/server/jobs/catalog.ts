/** Somebody's documents as a list: each with its newest job, filtered by what people look for. */
import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { FileType } from "../../shared/file-types.ts";
import type { CatalogEntry } from "../../shared/jobs.ts";
import type { Db } from "../db/client.ts";
import { documents, jobs } from "../db/schema.ts";
import { toDocument } from "../documents/library.ts";
import { jobCounts, toJob } from "./sqlite-store.ts";
import type { JobState } from "../../shared/job-states.ts";

export interface CatalogFilter {
  /** Part of the name, whatever its case. */
  name?: string | undefined;
  fileType?: FileType | undefined;
  /** Of the newest job. */
  state?: JobState | undefined;
  /** Only documents whose id is lower. */
  before?: string | undefined;
  limit: number;
}

export class Catalog {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Newest first. */
  list(userId: number, filter: CatalogFilter): CatalogEntry[] {
    const newest = sql`(
      SELECT max(newest.id) FROM jobs AS newest WHERE newest.document_id = ${documents.id}
    )`;
    const { name, fileType, state, before, limit } = filter;
    return this.#db
      .select({ document: documents, job: jobs, ...jobCounts })
      .from(documents)
      .leftJoin(jobs, eq(jobs.id, newest))
      .where(
        and(
          eq(documents.userId, userId),
          before === undefined ? undefined : lt(documents.id, before),
          fileType === undefined ? undefined : eq(documents.fileType, fileType),
          state === undefined ? undefined : eq(jobs.state, state),
          name === undefined ? undefined : sql`instr(lower(${documents.name}), lower(${name})) > 0`,
        ),
      )
      .orderBy(desc(documents.id))
      .limit(limit)
      .all()
      .map(({ document, job, ...counts }) => ({
        ...toDocument(document),
        ...(job && { job: toJob(job, counts) }),
      }));
  }
}
