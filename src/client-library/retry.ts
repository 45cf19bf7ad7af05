/** Waiting for a server that is away: soon at first, then ever less often, and not for ever. */
import { MyOcrError } from "./errors.ts";

const FIRST_MS = 200;
const LONGEST_MS = 5_000;

/** Counts failures since the server was last heard of. */
export class Patience {
  readonly #forMs: number;
  #failures = 0;
  #since = 0;

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** The server has been heard of. */
  renew(): void {
    this.#failures = 0;
  }

  /**
   * Waits before the next try.
   *
   * @throws the failure where it will not pass, or has lasted too long; the signal's reason.
   */
  async wait(error: unknown, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const failure = MyOcrError.from(error);
    if (!failure.isPassing) throw failure;
    const now = performance.now();
    if (this.#failures === 0) this.#since = now;
    if (now - this.#since > this.#forMs) throw failure;
    const backoff = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures++;
    // Not all clients of a server that comes back at the same moment.
    const jittered = backoff * (0.75 + Math.random() / 2);
    await sleep(Math.max(jittered, (failure.retryAfterS ?? 0) * 1000), signal);
  }
}

/**
 * Calls until it succeeds.
 *
 * @param call gets the count of failed tries.
 * @throws what the server says against it; the last failure where it stays away; the signal's reason.
 */
export async function persist<T>(
  call: (failures: number) => Promise<T>,
  forMs: number,
  signal: AbortSignal,
): Promise<T> {
  const patience = new Patience(forMs);
  for (let failures = 0; ; failures++) {
    try {
      return await call(failures);
    } catch (error) {
      await patience.wait(error, signal);
    }
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
