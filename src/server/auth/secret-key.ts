/** The key that signs access tokens: given, or made once and kept beside the database. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { hasCode } from "../errors.ts";
import type { Logger } from "../logger.ts";

/** Its name in `DATA_DIR`. */
export const SECRET_KEY_FILE = "secret_key";

export function loadSecretKey(config: Config, logger: Logger): string {
  if (config.SECRET_KEY !== undefined) return config.SECRET_KEY;
  const folder = resolve(config.DATA_DIR);
  const path = join(folder, SECRET_KEY_FILE);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
    logger.warn(
      { path },
      "SECRET_KEY is not set: made a random one and kept it here. Set SECRET_KEY to choose your own.",
    );
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
  return readFileSync(path, "utf8").trim();
}
