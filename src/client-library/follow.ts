/** Follows a job to its end, over as many connections as that takes. */
import type { JobEvent } from "../shared/job-events.ts";
import type { Connection } from "./connection.ts";
import { MyOcrError } from "./errors.ts";
import { Queue } from "./queue.ts";
import { Patience } from "./retry.ts";
import { isEnded } from "../shared/job-states.ts";

interface Batch {
  /** Go on after this one. */
  id: string;
  events: JobEvent[];
}

/**
 * Batches of events for `JobView`; ends with the one that tells that the job has ended. After a cut
 * it connects again with the last id, also to a server that was started anew.
 *
 * @throws MyOcrError with what the server says against it, or `server_unreachable` where it stays
 *   away; the signal's reason.
 */
export async function* followJob(
  connection: Connection,
  jobId: string,
  signal: AbortSignal,
): AsyncGenerator<JobEvent[], void, undefined> {
  const patience = new Patience(connection.retryForMs);
  let after: string | undefined;
  for (;;) {
    try {
      for await (const { id, events } of connectOnce(connection, jobId, after, signal)) {
        patience.renew();
        after = id;
        yield events;
        if (events.some((event) => event.type === "job" && isEnded(event.state))) return;
      }
      throw new MyOcrError("server_unreachable", "The stream ended before the job did.");
    } catch (error) {
      await patience.wait(passing(error), signal);
    }
    await explainRefusal(connection, jobId, patience, signal);
  }
}

async function* connectOnce(
  { api }: Connection,
  jobId: string,
  after: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  signal.throwIfAborted();
  const batches = new Queue<Batch>();
  const onAbort = (): void => batches.fail(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const input = { id: jobId, ...(after !== undefined && { lastEventId: after }) };
  const subscription = api.jobs.events.subscribe(input, {
    onData: ({ id, data: events }) => batches.push({ id, events }),
    onError: (error) => batches.fail(error),
    onComplete: () => batches.end(),
    // It would connect again by itself, for ever and at its own pace.
    onConnectionStateChange: ({ error }) => {
      if (error) batches.fail(error);
    },
  });
  try {
    yield* batches;
  } finally {
    signal.removeEventListener("abort", onAbort);
    subscription.unsubscribe();
  }
}

/** A stream tells little of why it was refused: that is asked by `explainRefusal`. */
function passing(error: unknown): MyOcrError {
  const failure = MyOcrError.from(error);
  if (failure.status !== undefined) return failure;
  return new MyOcrError("server_unreachable", failure.message, { cause: error });
}

/** @throws MyOcrError where the job may not be followed any more. */
async function explainRefusal(
  { api }: Connection,
  jobId: string,
  patience: Patience,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await api.jobs.get.query({ id: jobId }, { signal });
      return;
    } catch (error) {
      await patience.wait(error, signal);
    }
  }
}
