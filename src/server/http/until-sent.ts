/** The end of answers that Bun sends by itself, as it does with files; nobody is told of it. */
import type { Peer } from "./client-address.ts";

/** So long may what an answer was made of be kept after its end. */
const LOOK_MS = 500;

/**
 * Resolves when a request is over: its answer has been sent, has failed, or its caller has gone.
 *
 * From then on Bun knows no address for it: https://bun.com/reference/bun/Server/requestIP. A body
 * that is a stream of ours would tell us more promptly, but Bun sends it without `Content-Length`,
 * and not in parts.
 */
export async function untilSent(peer: Peer | null, request: Request): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    if (!peer?.requestIP(request)) resolve();
  }, LOOK_MS);
  timer.unref();
  const leave = (): void => resolve();
  request.signal.addEventListener("abort", leave);
  if (request.signal.aborted) resolve();
  await promise;
  clearInterval(timer);
  request.signal.removeEventListener("abort", leave);
}
