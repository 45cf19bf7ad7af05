/**
 * How long a connection may be of no use. Bun closes one that has not sent a whole head for so long,
 * or whose body comes at less than 16 KiB a second, however the bytes trickle; it rounds up to 4 s.
 */
export const IDLE_TIMEOUT_S = 16;

export interface TimeoutServer {
  timeout(request: Request, seconds: number): void;
}

/**
 * Lifts the time-out for one request that may be quiet for longer, or slower, and keeps a clock of
 * its own. Disposing it puts the time-out back: the connection outlives the request.
 */
export function liftIdleTimeout(server: TimeoutServer | null, request: Request): Disposable {
  server?.timeout(request, 0);
  return { [Symbol.dispose]: () => server?.timeout(request, IDLE_TIMEOUT_S) };
}
