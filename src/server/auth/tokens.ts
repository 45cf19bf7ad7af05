/**
 * Access tokens: JWTs (RFC 7519) that name an account and the version of its tokens. They are not
 * stored; raising the version ends all that are out.
 */
import { SignJWT, jwtVerify } from "jose";
import { z } from "zod";
import type { Config } from "../config.ts";

/** Both the issuer and the audience: a token of something else that shares the secret is refused. */
const NAME = "my-ocr";

const claimsSchema = z.object({
  sub: z.string(),
  /** The account's id: a name may come to belong to another account. */
  uid: z.number(),
  /** The version of the account's tokens. */
  tv: z.number(),
});

export type TokenClaims = z.infer<typeof claimsSchema>;

export class Tokens {
  readonly #key: Uint8Array;
  readonly #algorithm: Config["ALGORITHM"];
  readonly lifetimeS: number;

  constructor(secretKey: string, config: Config) {
    this.#key = new TextEncoder().encode(secretKey);
    this.#algorithm = config.ALGORITHM;
    this.lifetimeS = config.ACCESS_TOKEN_EXPIRE_MINUTES * 60;
  }

  async sign({ sub, uid, tv }: TokenClaims): Promise<string> {
    return await new SignJWT({ uid, tv })
      .setProtectedHeader({ alg: this.#algorithm, typ: "JWT" })
      .setSubject(sub)
      .setIssuer(NAME)
      .setAudience(NAME)
      .setIssuedAt()
      .setExpirationTime(`${this.lifetimeS}s`)
      .sign(this.#key);
  }

  /** The claims of a token that this server has signed and that has not expired; else undefined. */
  async verify(token: string): Promise<TokenClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [this.#algorithm],
        typ: "JWT",
        issuer: NAME,
        audience: NAME,
        requiredClaims: ["exp", "sub"],
      });
      return claimsSchema.safeParse(payload).data;
    } catch {
      // Whatever is wrong with it, the caller is told one thing.
      return undefined;
    }
  }
}
