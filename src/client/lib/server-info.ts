/** What runs: `GET /api/info` and `GET /readyz`, asked at first and again every few seconds. */
import { useEffect, useState } from "react";
import {
  type Readiness,
  type ServerInfo,
  readinessSchema,
  serverInfoSchema,
} from "../../shared/server-info.ts";

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
      info: serverInfoSchema.parse(await info.json()),
      readiness: readinessSchema.parse(await readiness.json()),
    };
  } catch {
    return { state: "unreachable" };
  }
}
