/** Which My OCR this is: the version of its package, and the commit that it was made of. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };

export const { version } = packageJson;

const packageRoot = join(import.meta.dir, "../..");
const HASH = /^[0-9a-f]{7,40}$/;
const GIT_TIMEOUT_MS = 2_000;

/**
 * A clone's is what git says now, for its sources are run as they are; that of what is shipped was
 * noted by `scripts/assemble.ts`, for it has no repository.
 *
 * @param root the folder of `package.json`.
 * @returns it in hexadecimal; undefined where nobody knows: an installed package, an archive.
 */
export function readCommit(root = packageRoot): string | undefined {
  // Of this folder alone, not of a repository that it lies in.
  const text = existsSync(join(root, ".git")) ? askGit(root) : readNoted(root);
  return HASH.exec(text.trim())?.[0];
}

function askGit(root: string): string {
  const git = Bun.which("git");
  if (git === null) return "";
  const asked = Bun.spawnSync([git, "rev-parse", "HEAD"], {
    cwd: root,
    timeout: GIT_TIMEOUT_MS,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return asked.success ? asked.stdout.toString() : "";
}

function readNoted(root: string): string {
  const path = join(root, "COMMIT");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
