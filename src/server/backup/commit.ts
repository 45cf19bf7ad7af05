/** Which commit runs, where that can be known. */
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../../..");

/** Of the clone that this is; null where it is none, or git is not there to ask. */
export async function readCommit(): Promise<string | null> {
  if (!existsSync(join(root, ".git")) || Bun.which("git") === null) return null;
  const git = Bun.spawn(["git", "rev-parse", "HEAD"], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [text] = await Promise.all([new Response(git.stdout).text(), git.exited]);
  return /^[0-9a-f]{40,64}$/.exec(text.trim())?.[0] ?? null;
}
