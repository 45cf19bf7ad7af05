/** The typed API at `/api/trpc`: one router a subject. */
import { router } from "./init.ts";
import { documentsRouter } from "./routers/documents.ts";
import { enginesRouter } from "./routers/engines.ts";
import { jobsRouter } from "./routers/jobs.ts";

export const appRouter = router({
  documents: documentsRouter,
  jobs: jobsRouter,
  engines: enginesRouter,
});

export type AppRouter = typeof appRouter;
