/** The typed API as a program would call it, for tests. */
import { z } from "zod";
import { type MyOcrClient, createClient } from "../src/client-library/client.ts";
import type { JobEvent } from "../src/shared/job-events.ts";

export type TypedClient = MyOcrClient["api"];

/** @param headers of every request, such as a bearer token. */
export function typedClient(serverUrl: string, headers: Record<string, string> = {}): TypedClient {
  const client = createClient({
    url: serverUrl,
    fetch: async (input, init) => {
      const all = new Headers(init?.headers);
      for (const [name, value] of Object.entries(headers)) all.set(name, value);
      return await fetch(input, { ...init, headers: all });
    },
  });
  return client.api;
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

const failureSchema = z.object({
  data: z.looseObject({ code: z.string(), httpStatus: z.number() }),
});

/** What the server says is wrong with a call; undefined where it succeeds. */
export async function failureOf(
  call: Promise<unknown>,
): Promise<z.infer<typeof failureSchema>["data"] | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return failureSchema.parse(error).data;
  }
}
