/** The typed API, for components (`useTRPC`) and outside of them (`api`). */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import {
  TRPCClientError,
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
} from "@trpc/client";
import type { inferRouterOutputs } from "@trpc/server";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { AppRouter } from "../../server/trpc/router.ts";

export type Outputs = inferRouterOutputs<AppRouter>;

export const TRPC_URL = "/api/trpc";

export const api = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ type }) => type === "subscription",
      true: httpSubscriptionLink({ url: TRPC_URL }),
      false: httpBatchLink({ url: TRPC_URL, maxItems: 10 }),
    }),
  ],
});

export const ACCOUNT_KEY = ["account"] as const;

/** Whatever is asked for after a log-in has ended leads to the log-in. */
function onError(error: unknown): void {
  const code = codeOf(error);
  if (code === "credentials_invalid" || code === "session_revoked") {
    queryClient.setQueryData(ACCOUNT_KEY, null);
  }
}

/** Errors of ours are answers: only what did not arrive is tried again. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 3 && codeOf(error) === undefined,
    },
  },
});

/** Query and mutation options by procedure, for `useQuery` and `useMutation`. */
export const trpc = createTRPCOptionsProxy<AppRouter>({ client: api, queryClient });

/** The stable code of what the server refused; undefined where it did not answer. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof ApiError) return error.code;
  if (!(error instanceof TRPCClientError)) return undefined;
  const data: unknown = error.data;
  const hasCode = typeof data === "object" && data !== null && "code" in data;
  return hasCode && typeof data.code === "string" ? data.code : undefined;
}

/** What an HTTP route refused, as a problem document. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;

  constructor(code: string, detail: string) {
    super(detail);
    this.code = code;
  }
}
