/** How calls reach the server: the typed API's links, with a token and a `fetch` of one's own. */
import {
  type TRPCClient,
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  isNonJsonSerializable,
  splitLink,
} from "@trpc/client";
import { EventSource } from "eventsource";
import type { AppRouter } from "../server/trpc/router.ts";
import { unreachable } from "./errors.ts";

export type Api = TRPCClient<AppRouter>;

/** As much of `fetch` as is used. */
export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface Connection {
  /** Of the server, without a slash at its end. */
  url: string;
  fetch: FetchLike;
  api: Api;
  /** For how long a server that is away is waited for. */
  retryForMs: number;
}

export interface ConnectionOptions {
  /** Where the server is: `http://localhost:3000`. */
  url: string;
  /** An access token or an API key, where people have to log in. */
  token?: string | undefined;
  /** Takes the place of the global one. */
  fetch?: FetchLike | undefined;
  /** For how long a server that is away is waited for, in milliseconds. Default: a minute. */
  retryForMs?: number | undefined;
}

/** As tRPC calls `fetch`: a signal may be there and undefined. */
type CallInit = Omit<RequestInit, "signal"> & { signal?: AbortSignal | null | undefined };

/** Longer addresses of batched queries are cut into several: servers and proxies refuse them. */
const MOST_URL_CHARS = 4_000;
const RETRY_FOR_MS = 60_000;

export function connect(options: ConnectionOptions): Connection {
  const url = options.url.replace(/\/+$/, "");
  const own = options.fetch ?? globalThis.fetch;
  const { token } = options;
  const fetch: FetchLike = async (input, init) => {
    const headers = new Headers(init?.headers);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    const response = await own(input, { ...init, headers });
    if (isOfProxy(response)) throw unreachable(`${response.status} ${response.statusText}`);
    return response;
  };
  return {
    url,
    fetch,
    api: typedApi(`${url}/api/trpc`, fetch),
    retryForMs: options.retryForMs ?? RETRY_FOR_MS,
  };
}

/** Says in a page of its own that the server behind it is away, as it is while it starts anew. */
function isOfProxy({ status, headers }: Response): boolean {
  const isJson = /\bjson\b/.test(headers.get("content-type") ?? "");
  return status >= 502 && status <= 504 && !isJson;
}

function typedApi(url: string, send: FetchLike): Api {
  const fetch = async (input: string | URL | Request, given: CallInit = {}): Promise<Response> => {
    const { signal, ...init } = given;
    return await send(input, { ...init, ...(signal && { signal }) });
  };
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        // The one of browsers can send no token.
        true: httpSubscriptionLink({ url, EventSource, eventSourceOptions: { fetch: send } }),
        false: splitLink({
          condition: ({ input }) => isNonJsonSerializable(input),
          true: httpLink({ url, fetch }),
          false: httpBatchLink({ url, fetch, maxURLLength: MOST_URL_CHARS }),
        }),
      }),
    ],
  });
}
