/** The engines that can be chosen, and what a reading begins with. */
import { z } from "zod";
import { procedure, router } from "../init.ts";

const TIMEOUT_MS = 3_000;

export const enginesRouter = router({
  /** The default first. Of engines that have not been used yet the health is not known. */
  list: procedure.query(async ({ ctx }) => {
    const { engines } = ctx.services;
    return engines.names.map((name) => ({ name, isDefault: name === engines.defaultName }));
  }),

  health: procedure
    .input(z.object({ engine: z.string().optional() }))
    .query(async ({ ctx, input }) => {
      const { engines, metrics } = ctx.services;
      const { engine, limiter, health: ask } = engines.get(input.engine ?? engines.defaultName);
      const health = await ask();
      return {
        name: engine.name,
        model: engine.model,
        ok: health.ok,
        ...(!health.ok && { detail: health.detail }),
        /** Pages that it reads now, and pages that wait for it, everybody's. */
        activePages: limiter.active,
        waitingPages: limiter.waiting,
        /** Of the last pages, with the engine; undefined before the first. */
        secondsPerPage: metrics.recognition.secondsPerPage(engine.name),
      };
    }),

  models: procedure
    .input(z.object({ engine: z.string().optional() }))
    .query(async ({ ctx, input }) => {
      const { engines } = ctx.services;
      const { engine } = engines.get(input.engine ?? engines.defaultName);
      return await engine.models(AbortSignal.timeout(TIMEOUT_MS));
    }),

  defaults: procedure.query(({ ctx }) => {
    const { config, engines } = ctx.services;
    const { engine } = engines.default;
    return {
      engine: engine.name,
      model: engine.model,
      prompt: config.LLM_PROMPT,
      uploadMb: config.MAX_UPLOAD_MB,
      pages: config.MAX_PAGES,
      megapixels: config.MAX_MEGAPIXELS,
      retentionDays: config.RETENTION_DAYS,
    };
  }),
});
