/** What a server tells about itself: probes and self-description. */
import { z } from "zod";

const commitSchema = z
  .string()
  .optional()
  .describe("The commit that it was made of; left out where it is not known.");

export const healthSchema = z
  .object({ status: z.literal("ok"), version: z.string(), commit: commitSchema })
  .meta({ id: "Health" });

const checkSchema = z
  .object({ ok: z.boolean(), detail: z.string().optional().describe("What is wrong.") })
  .meta({ id: "Check" });

export const readinessSchema = z
  .object({
    status: z.enum(["ok", "unavailable"]),
    checks: z.object({ database: checkSchema, engine: checkSchema }),
  })
  .meta({ id: "Readiness" });

export const serverInfoSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    commit: commitSchema,
    engine: z.object({ name: z.string(), model: z.string() }),
    auth: z.object({
      enabled: z.boolean().describe("Whether people have to log in."),
      registration: z.boolean().describe("Whether they may make accounts of their own."),
    }),
    limits: z.object({
      upload_mb: z.number().describe("Largest file, in MiB."),
      pages: z.number().describe("Most pages that are read at once."),
      megapixels: z.number().describe("Largest image, in millions of pixels."),
    }),
  })
  .meta({ id: "ServerInfo" });

export type ServerInfo = z.infer<typeof serverInfoSchema>;
