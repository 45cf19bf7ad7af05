/** Jobs: start and steer them, follow them live, read and edit what they have read. */
import { tracked } from "@trpc/server";
import { z } from "zod";
import { toAppError } from "../../errors.ts";
import { toTrpcError } from "../errors.ts";
import { procedure, router } from "../init.ts";

const MOST_ITEMS = 100;
const MOST_PROMPT_CHARS = 16_000;
const MOST_TEXT_CHARS = 500_000;

const id = z.string().max(64);
const jobInput = z.object({ id });
const pageInput = jobInput.extend({ page: z.int().min(1) });
const readingOptions = {
  engine: z.string().max(64).optional(),
  model: z.string().max(200).optional(),
  prompt: z.string().max(MOST_PROMPT_CHARS).optional(),
};

export const jobsRouter = router({
  /** Reads a document. It goes on whoever is connected. */
  start: procedure
    .input(z.object({ documentId: id, pages: z.string().max(1000).optional(), ...readingOptions }))
    .mutation(async ({ ctx, input }) => {
      const { documentId, ...options } = input;
      return await ctx.services.jobs.start(ctx.principal, documentId, options);
    }),

  get: procedure
    .input(jobInput)
    .query(async ({ ctx, input }) => await ctx.services.jobs.get(ctx.principal, input.id)),

  /** Newest first. `cursor` is the id of the last one of the page before. */
  list: procedure
    .input(
      z.object({
        documentId: id.optional(),
        cursor: id.optional(),
        limit: z.int().min(1).max(MOST_ITEMS).default(20),
      }),
    )
    .query(async ({ ctx, input }) => {
      const { documentId, cursor: before, limit } = input;
      const items = await ctx.services.jobs.list(ctx.principal, { documentId }, { before, limit });
      return { items, nextCursor: items.length === limit ? items.at(-1)?.id : undefined };
    }),

  /** What was started together, as one; null where nothing is being read. See `Batches`. */
  batch: procedure
    .input(z.object({ first: id.optional() }))
    .query(({ ctx, input }) => ctx.services.batches.get(ctx.principal.userId, input.first) ?? null),

  pages: procedure
    .input(jobInput)
    .query(async ({ ctx, input }) => await ctx.services.jobs.pages(ctx.principal, input.id)),

  /** The text of a page with its lines; the version that counts unless another is asked for. */
  page: procedure
    .input(pageInput.extend({ version: z.int().min(1).optional() }))
    .query(async ({ ctx, input }) => {
      const { id: jobId, page, version } = input;
      return await ctx.services.jobs.version(ctx.principal, jobId, page, version);
    }),

  versions: procedure
    .input(pageInput)
    .query(
      async ({ ctx, input }) =>
        await ctx.services.jobs.versions(ctx.principal, input.id, input.page),
    ),

  cancel: procedure
    .input(jobInput)
    .mutation(async ({ ctx, input }) => await ctx.services.jobs.cancel(ctx.principal, input.id)),

  pause: procedure
    .input(jobInput)
    .mutation(async ({ ctx, input }) => await ctx.services.jobs.pause(ctx.principal, input.id)),

  resume: procedure
    .input(jobInput)
    .mutation(async ({ ctx, input }) => await ctx.services.jobs.resume(ctx.principal, input.id)),

  /** Reads one page again, with another engine, prompt or resolution. */
  retryPage: procedure
    .input(
      pageInput.extend({ ...readingOptions, longestSide: z.int().min(256).max(8192).optional() }),
    )
    .mutation(async ({ ctx, input }) => {
      const { id: jobId, page, ...overrides } = input;
      await ctx.services.jobs.retryPage(ctx.principal, jobId, page, overrides);
    }),

  editPage: procedure
    .input(pageInput.extend({ text: z.string().max(MOST_TEXT_CHARS) }))
    .mutation(async ({ ctx, input }) => {
      const { id: jobId, page, text } = input;
      return await ctx.services.jobs.editPage(ctx.principal, jobId, page, text);
    }),

  restoreVersion: procedure
    .input(pageInput.extend({ version: z.int().min(1) }))
    .mutation(async ({ ctx, input }) => {
      const { id: jobId, page, version } = input;
      return await ctx.services.jobs.restoreVersion(ctx.principal, jobId, page, version);
    }),

  /**
   * Follows a job: batches of events, for `JobView` of `shared/job-view.ts`. A reconnect with the
   * last id goes on where it was; who comes late gets the state so far first.
   */
  events: procedure
    .input(jobInput.extend({ lastEventId: z.string().max(100).nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      using live = ctx.live(ctx.principal, signal);
      const after = input.lastEventId ?? undefined;
      const batches = ctx.services.jobs.events(ctx.principal, input.id, after, live.signal);
      try {
        for await (const batch of batches) yield tracked(batch.id, batch.events);
      } catch (error) {
        // Clients give up after a 4xx, and connect again after a 5xx, as that of a server that stops.
        throw toTrpcError(toAppError(error));
      }
    }),
});
