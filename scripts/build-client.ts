/** Builds the client where its sources have changed since the last build. `--force` builds anyway. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fail, root, run, withProgress } from "./terminal.ts";

const INDEX = join(root, "dist/client/index.html");
const STAMP = join(root, "dist/client-sources");
const TIMEOUT_MS = 300_000;

/** Ends the process with the build's output where it fails. */
export async function ensureClientBuilt(force = false): Promise<void> {
  const wanted = await fingerprint();
  const isBuilt = existsSync(INDEX) && existsSync(STAMP);
  if (!force && isBuilt && (await Bun.file(STAMP).text()) === wanted) return;
  const result = await withProgress("Building the page", async () =>
    run([process.execPath, "node_modules/vite/bin/vite.js", "build"], {
      timeoutMs: TIMEOUT_MS,
      // Under `bun test` it is "test", and React's development build would come out.
      env: { NODE_ENV: "production" },
    }),
  );
  if (!result.ok) fail(`${result.output}\nThe page could not be built.`);
  await Bun.write(STAMP, wanted);
}

async function fingerprint(): Promise<string> {
  const sources = new Bun.Glob("src/{client,shared}/**/*").scanSync({ cwd: root });
  const hash = new Bun.CryptoHasher("sha256");
  for (const name of [...sources, "vite.config.ts", "bun.lock"].sort()) {
    hash.update(`${name}\0`).update(await Bun.file(join(root, name)).bytes());
  }
  return `${hash.digest("hex")}\n`;
}

if (import.meta.main) await ensureClientBuilt(process.argv.includes("--force"));
