/**
 * How often somebody may try to log in or register. Counted in memory: a restart forgives.
 *
 * Guessing is slowed by address, by account, and by both together, so that who fails at an account
 * locks themselves out and not its owner. An attack from many addresses does fill the account's own
 * limit; an address from which its owner has logged in before is not held to that one.
 */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { usernameKey } from "../../shared/accounts.ts";
import { AppError } from "../errors.ts";

const MINUTE_S = 60;
/** Failures in a window that begins with the first one. */
const LIMITS = {
  accountAndAddress: { points: 10, duration: 5 * MINUTE_S },
  account: { points: 60, duration: 5 * MINUTE_S },
  address: { points: 100, duration: 5 * MINUTE_S },
  registrations: { points: 100, duration: 60 * MINUTE_S },
};
/** No account has a longer key; longer ones share theirs. */
const MAX_KEY_CHARS = 256;
const MAX_KNOWN_ADDRESSES = 10_000;

export class AttemptLimits {
  readonly #accountAndAddress = new RateLimiterMemory(LIMITS.accountAndAddress);
  readonly #account = new RateLimiterMemory(LIMITS.account);
  readonly #address = new RateLimiterMemory(LIMITS.address);
  readonly #registrations = new RateLimiterMemory(LIMITS.registrations);
  /** Accounts with addresses that have logged in to them, those of the latest log-in last. */
  readonly #known = new Set<string>();

  /**
   * Lets a password be checked. The attempt is counted before that, so that many at once gain
   * nothing, and taken back unless the password is wrong.
   *
   * @param username as it was typed.
   * @returns what `check` says.
   * @throws AppError too_many_attempts, and what `check` throws.
   */
  async logIn(username: string, address: string, check: () => Promise<boolean>): Promise<boolean> {
    const account = usernameKey(username).slice(0, MAX_KEY_CHARS);
    const network = networkOf(address);
    const both = `${network} ${account}`;
    const counted: [RateLimiterMemory, string][] = [
      [this.#address, network],
      [this.#accountAndAddress, both],
    ];
    if (!this.#known.has(both)) counted.push([this.#account, account]);
    for (const [limiter, key] of counted) await consume(limiter, key);
    let isWrong = false;
    try {
      const isRight = await check();
      isWrong = !isRight;
      if (isRight) this.#remember(both);
      return isRight;
    } finally {
      if (!isWrong) for (const [limiter, key] of counted) await limiter.reward(key);
    }
  }

  /** @throws AppError too_many_attempts. */
  async register(address: string): Promise<void> {
    await consume(this.#registrations, networkOf(address));
  }

  #remember(both: string): void {
    this.#known.delete(both);
    this.#known.add(both);
    if (this.#known.size <= MAX_KNOWN_ADDRESSES) return;
    for (const oldest of this.#known) {
      this.#known.delete(oldest);
      return;
    }
  }
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new AppError("too_many_attempts", "Too many attempts. Wait a while and try again.", {
      retryAfterS: Math.ceil(error.msBeforeNext / 1000),
    });
  }
}

/** Whoever has one IPv6 address has the 2⁶⁴ of its network (RFC 6177). */
function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  return ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString();
}
