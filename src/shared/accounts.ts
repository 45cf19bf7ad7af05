/** Accounts on the wire: what a name and a password may be, and the forms that carry them. */
import { z } from "zod";
import { countCodePoints } from "./code-points.ts";

const MAX_USERNAME_CHARS = 64;
const MIN_PASSWORD_CHARS = 8;
const MAX_PASSWORD_CHARS = 256;

/**
 * What no name may hold: control characters, line ends, halves of surrogate pairs, and format
 * characters, of which some turn the text around them. The two joiners are letters' own in some
 * scripts, and hold emoji together.
 */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/u;

/** The name as it is kept and shown: compatibility forms (full width, ligatures) made plain. */
function normalizeUsername(name: string): string {
  return name.normalize("NFKC").trim();
}

/**
 * What is unique: the same for all spellings of a name that differ in case or in characters that
 * nobody sees. Upper case first, as in full case folding: it makes `ß` and `ss` one (Unicode
 * Standard, 3.13, caseless matching).
 */
export function usernameKey(name: string): string {
  return normalizeUsername(name)
    .toUpperCase()
    .toLowerCase()
    .normalize("NFKC")
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
}

export const usernameSchema = z
  .string()
  .transform(normalizeUsername)
  .refine((name) => usernameKey(name) !== "", "must not be blank")
  .refine(
    (name) => countCodePoints(name) <= MAX_USERNAME_CHARS,
    `must have at most ${MAX_USERNAME_CHARS} characters`,
  )
  .refine((name) => !FORBIDDEN.test(name), "must have no control characters");

export const newPasswordSchema = z.string().refine((password) => {
  const chars = countCodePoints(password);
  return chars >= MIN_PASSWORD_CHARS && chars <= MAX_PASSWORD_CHARS;
}, `must have ${MIN_PASSWORD_CHARS} to ${MAX_PASSWORD_CHARS} characters`);

/** For an account that is to be made. */
export const newAccountSchema = z
  .object({ username: usernameSchema, password: newPasswordSchema })
  .meta({ id: "NewAccount" });

/** For a log-in: whatever was typed; what cannot be a name or a password is a wrong one. */
export const credentialsSchema = z
  .object({ username: z.string(), password: z.string() })
  .meta({ id: "Credentials" });

/** RFC 6749, section 4.3.2; clients of the contract may leave the grant type out. */
export const tokenRequestSchema = credentialsSchema
  .extend({
    grant_type: z.literal("password", "must be password").optional(),
  })
  .meta({ id: "TokenRequest" });

export type NewAccount = z.infer<typeof newAccountSchema>;
export type Credentials = z.infer<typeof credentialsSchema>;

export const roles = ["user", "admin"] as const;
export type Role = (typeof roles)[number];

export const accountSchema = z
  .object({
    username: z.string(),
    id: z.number(),
    created_at: z.iso.datetime(),
    role: z.enum(roles),
  })
  .meta({ id: "Account" });

export const tokenSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal("bearer"),
    expires_in: z.number().describe("Seconds."),
  })
  .meta({ id: "Token" });

export type AccountOnWire = z.infer<typeof accountSchema>;
