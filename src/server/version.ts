/** Which My OCR this is: the version of its package, and the commit that it was made of. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };

export const { version } = packageJson;

const root = join(import.meta.dir, "../..");
/** Written by `scripts/assemble.ts`, for what is shipped has no repository. */
const COMMIT_FILE = join(root, "COMMIT");
const HASH = /^[0-9a-f]{7,40}$/;

/** In hexadecimal; undefined where nobody knows: an installed package, an archive of the sources. */
export const commit = noted() ?? ofRepository();

function noted(): string | undefined {
  return existsSync(COMMIT_FILE) ? hash(readFileSync(COMMIT_FILE, "utf8")) : undefined;
}

/** Of this repository alone, not of one that this folder lies in. */
function ofRepository(): string | undefined {
  const git = existsSync(join(root, ".git")) ? Bun.which("git") : null;
  if (git === null) return undefined;
  return hash(Bun.spawnSync([git, "rev-parse", "HEAD"], { cwd: root }).stdout.toString());
}

function hash(text: string): string | undefined {
  const trimmed = text.trim();
  return HASH.test(trimmed) ? trimmed : undefined;
}
