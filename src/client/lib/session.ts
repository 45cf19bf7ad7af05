/** Who is using the page, and what the server is: asked once, before anything else is shown. */
import { queryOptions } from "@tanstack/react-query";
import type { ServerInfo } from "../../shared/server-info.ts";
import { ACCOUNT_KEY, ApiError, api, codeOf } from "./trpc.ts";

export const serverInfo = queryOptions({
  queryKey: ["server-info"],
  queryFn: async () => await getJson<ServerInfo>("/api/info"),
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
export async function getJson<T>(path: string): Promise<T> {
  return await sendJson<T>("GET", path);
}

export async function sendJson<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init =
    body === undefined
      ? { method }
      : { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, init).catch(() => {
    throw new ApiError("network", "");
  });
  if (response.status === 204) return JSON.parse("null");
  const answer = await response.json().catch(() => {
    throw new ApiError("network", "");
  });
  if (response.ok) return answer;
  throw new ApiError(String(answer.code ?? "internal"), String(answer.detail ?? ""));
}
