/** The typed API at `/api/trpc`: one router a subject. */
import { router } from "./init.ts";
import { accountRouter } from "./routers/account.ts";
import { adminRouter } from "./routers/admin.ts";
import { documentsRouter } from "./routers/documents.ts";
import { enginesRouter } from "./routers/engines.ts";
import { jobsRouter } from "./routers/jobs.ts";
import { usageRouter } from "./routers/usage.ts";

export const appRouter = router({
  documents: documentsRouter,
  jobs: jobsRouter,
  engines: enginesRouter,
  account: accountRouter,
  usage: usageRouter,
  admin: adminRouter,
});

export type AppRouter = typeof appRouter;
