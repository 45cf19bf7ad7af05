/** What runs: `GET /api/info` and `GET /readyz`, asked at first and again every few seconds. */
import { useEffect, useState } from "react";
import { z } from "zod";

const infoSchema = z.object({
  name: z.string(),
  version: z.string(),
  engine: z.object({ name: z.string(), model: z.string() }),
  limits: z.object({ upload_mb: z.number(), pages: z.number(), megapixels: z.number() }),
});
const checkSchema = z.object({ ok: z.boolean(), detail: z.string().optional() });
const readinessSchema = z.object({
  status: z.enum(["ok", "unavailable"]),
  checks: z.object({ database: checkSchema, engine: checkSchema }),
});

export type ServerInfo = z.infer<typeof infoSchema>;
export type Readiness = z.infer<typeof readinessSchema>;

export type ServerState =
  | { state: "loading" }
  | { state: "unreachable" }
  | { state: "answers"; info: ServerInfo; readiness: Readiness };

const REFRESH_MS = 10_000;

export function useServerState(): ServerState {
  const [state, setState] = useState<ServerState>({ state: "loading" });
  useEffect(() => {
    const controller = new AbortController();
    const refresh = async (): Promise<void> => {
      const next = await loadServerState(controller.signal);
      if (!controller.signal.aborted) setState(next);
    };
    void refresh();
    const timer = setInterval(() => {
      if (!document.hidden) void refresh();
    }, REFRESH_MS);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, []);
  return state;
}

async function loadServerState(signal: AbortSignal): Promise<ServerState> {
  try {
    const [info, readiness] = await Promise.all([
      fetch("/api/info", { signal }),
      fetch("/readyz", { signal }),
    ]);
    return {
      state: "answers",
      info: infoSchema.parse(await info.json()),
      readiness: readinessSchema.parse(await readiness.json()),
    };
  } catch {
    return { state: "unreachable" };
  }
}
