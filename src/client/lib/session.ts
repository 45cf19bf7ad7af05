/** Who is using the page, and what the server is: asked once, before anything else is shown. */
import { queryOptions } from "@tanstack/react-query";
import type { ServerInfo } from "../../shared/server-info.ts";
import { ACCOUNT_KEY, ApiError, api, codeOf } from "./trpc.ts";

export const serverInfo = queryOptions({
  queryKey: ["server-info"],
  queryFn: async (): Promise<ServerInfo> => await (await request("/api/info")).json(),
  staleTime: 60_000,
});

/** Null: somebody has to log in first. */
export const currentAccount = queryOptions({
  queryKey: ACCOUNT_KEY,
  queryFn: async () => {
    try {
      return await api.account.me.query();
    } catch (error) {
      if (codeOf(error) === "credentials_invalid") return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** @throws ApiError with the code of the problem, or `network` where nothing of ours answers. */
export async function sendJson(method: string, path: string, body?: unknown): Promise<void> {
  await request(path, {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
}

async function request(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(path, init).catch(() => undefined);
  if (response?.ok === true) return response;
  const problem = await response?.json().catch(() => undefined);
  // What is no problem document of ours comes from something in between.
  if (problem === undefined) throw new ApiError("network", "");
  throw new ApiError(String(problem.code ?? "internal"), String(problem.detail ?? ""));
}
