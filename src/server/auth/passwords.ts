/**
 * Passwords as Argon2id hashes, with the parameters of OWASP's password storage cheat sheet (19 MiB,
 * two passes): some 40 ms of a core each. So only a few are made at once, and few wait.
 */
import { randomBytes } from "node:crypto";
import { AppError } from "../errors.ts";

const ARGON2ID = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
const MAX_ACTIVE = 2;
/** Over a second of waiting; whoever would come behind them is sent away instead. */
const MAX_WAITING = 32;

export class PasswordHasher {
  readonly #decoy: string;
  readonly #waiting: (() => void)[] = [];
  #active = 0;

  private constructor(decoy: string) {
    this.#decoy = decoy;
  }

  static async create(): Promise<PasswordHasher> {
    return new PasswordHasher(await Bun.password.hash(randomBytes(32).toString("hex"), ARGON2ID));
  }

  /** @throws AppError server_busy. */
  async hash(password: string): Promise<string> {
    return await this.#inTurn(async () => await Bun.password.hash(plain(password), ARGON2ID));
  }

  /**
   * Whether the password is that of the hash. Without a hash it is not, which takes as long to find
   * out: nobody can tell by the time which accounts exist.
   *
   * @throws AppError server_busy.
   */
  async verify(password: string, hash: string | null | undefined): Promise<boolean> {
    const isRight = await this.#inTurn(
      async () => await Bun.password.verify(plain(password), hash ?? this.#decoy),
    );
    return isRight && typeof hash === "string";
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#active < MAX_ACTIVE) this.#active++;
    else await this.#wait();
    try {
      return await work();
    } finally {
      // The turn goes straight to the next in line: nobody can overtake.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#active--;
    }
  }

  async #wait(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new AppError("server_busy", "Too many people log in just now. Try again in a moment.", {
        retryAfterS: 2,
      });
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
  }
}

/** One form whatever the keyboard sends (NIST SP 800-63B, 3.1.1.2). An empty one is wrong, but no error. */
function plain(password: string): string {
  return password.normalize("NFKC") || "\0";
}
