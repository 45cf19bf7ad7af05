/** The typed API as a program would call it, for tests. */
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
import type { JobEvent } from "../src/shared/job-events.ts";
import type { AppRouter } from "../src/server/trpc/router.ts";

export type TypedClient = TRPCClient<AppRouter>;

/** @param headers of every request, such as a bearer token. */
export function typedClient(serverUrl: string, headers: Record<string, string> = {}): TypedClient {
  const url = `${serverUrl}/api/trpc`;
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: httpSubscriptionLink({
          url,
          EventSource,
          eventSourceOptions: {
            fetch: async (input, init) =>
              await fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
          },
        }),
        false: splitLink({
          condition: ({ input }) => isNonJsonSerializable(input),
          true: httpLink({ url, headers }),
          false: httpBatchLink({ url, headers }),
        }),
      }),
    ],
  });
}

export interface Followed {
  /** Ids and batches in the order in which they came. */
  batches: { id: string; events: JobEvent[] }[];
  /** Resolves at the end of the job; rejects with what the server says. */
  ended: Promise<void>;
  stop: () => void;
}

/** Follows a job, over reconnects as browsers make them. */
export function followJob(
  client: TypedClient,
  input: { id: string; lastEventId?: string | undefined },
  onEvent: (event: JobEvent) => void = () => {},
): Followed {
  const batches: Followed["batches"] = [];
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const subscription = client.jobs.events.subscribe(input, {
    onData({ id, data: events }) {
      batches.push({ id, events });
      for (const event of events) onEvent(event);
    },
    onError: reject,
    onComplete: resolve,
  });
  return { batches, ended, stop: () => subscription.unsubscribe() };
}
