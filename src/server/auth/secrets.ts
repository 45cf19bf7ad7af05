/** Secrets that the server makes and hands out: random, and kept as a hash only. */
import { createHash, randomBytes } from "node:crypto";

/** 256 random bits, 43 characters that fit a header and a cookie. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 in hex. Fit for secrets of that many random bits, and not for passwords. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
