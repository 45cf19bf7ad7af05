/** Documents: upload, find, rename and remove them. */
import { z } from "zod";
import { openUpload } from "../../documents/open-upload.ts";
import { AppError } from "../../errors.ts";
import { searchPages } from "../../jobs/search.ts";
import { fileTypeIds } from "../../../shared/file-types.ts";
import { jobStateSchema } from "../../../shared/jobs.ts";
import { procedure, router } from "../init.ts";

const MOST_ITEMS = 100;
const id = z.string().max(64);
const documentInput = z.object({ id });
const limit = z.int().min(1).max(MOST_ITEMS).default(20);
const fileType = z.enum(fileTypeIds);

/**
 * A form with a `file`, and a `password` where it needs one. Here it is received already, for it is
 * written to disk as it arrives: see `trpc-routes.ts`.
 */
const uploadForm = z.custom<FormData>(() => true);

export const documentsRouter = router({
  upload: procedure.input(uploadForm).mutation(async ({ ctx, signal }) => {
    const { raster, engines, library, openLimits } = ctx.services;
    const { upload, principal } = ctx;
    if (!upload) {
      const detail = 'Send the file as multipart/form-data in a field named "file".';
      throw new AppError("form_invalid", detail);
    }
    const { profile } = engines.default.engine;
    const gone = signal ?? new AbortController().signal;
    const { source, bytes, pages } = await openUpload(upload, raster, openLimits, profile, gone);
    const { userId } = principal;
    return await library.add({ userId, name: upload.fileName, source, bytes, pages });
  }),

  /** Newest first, each with its newest job. `cursor` is the id of the last one before. */
  list: procedure
    .input(
      z.object({
        cursor: id.optional(),
        limit,
        /** Part of the name. */
        name: z.string().max(255).optional(),
        fileType: fileType.optional(),
        /** Of the newest job. */
        state: jobStateSchema.optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const { cursor: before, ...filter } = input;
      const { catalog } = ctx.services;
      const items = catalog.list(ctx.principal.userId, { ...filter, before });
      return { items, nextCursor: items.length === input.limit ? items.at(-1)?.id : undefined };
    }),

  get: procedure
    .input(documentInput)
    .query(({ ctx, input }) => ctx.services.library.get(ctx.principal.userId, input.id)),

  rename: procedure
    .input(documentInput.extend({ name: z.string().min(1).max(255) }))
    .mutation(({ ctx, input }) =>
      ctx.services.library.rename(ctx.principal.userId, input.id, input.name),
    ),

  /** With its file, jobs and texts. What was used stays in the account. */
  remove: procedure
    .input(documentInput)
    .mutation(
      async ({ ctx, input }) => await ctx.services.jobs.removeDocument(ctx.principal, input.id),
    ),

  /** Pages that hold all words of the query, the newest first. */
  search: procedure
    .input(
      z.object({
        query: z.string().max(200),
        cursor: z.int().min(0).max(10_000).default(0),
        limit,
      }),
    )
    .query(({ ctx, input }) => {
      const { query, cursor: offset } = input;
      const page = { offset, limit: input.limit };
      const items = searchPages(ctx.services.db, ctx.principal.userId, query, page);
      const isFull = items.length === input.limit;
      return { items, nextCursor: isFull ? offset + items.length : undefined };
    }),
});
