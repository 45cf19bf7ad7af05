/** Builds the client where its sources have changed since the last build. `--force` builds anyway. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { fail, root, run, withProgress } from "./terminal.ts";

const OUTPUT = join(root, "dist/client");
const INDEX = join(OUTPUT, "index.html");
const STAMP = join(root, "dist/client-sources");
const TIMEOUT_MS = 300_000;
/** Bytes below which compressing gains nothing. */
const SMALLEST = 1_000;

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
  compressFiles();
  await Bun.write(STAMP, wanted);
}

/** Puts a `.br` and a `.gz` beside each file that they make smaller: the server only hands them out. */
function compressFiles(): void {
  const names = [...new Bun.Glob("**/*.{js,css,html,svg,json}").scanSync({ cwd: OUTPUT })];
  for (const name of names) {
    const bytes = readFileSync(join(OUTPUT, name));
    if (bytes.length < SMALLEST) continue;
    writeFileSync(join(OUTPUT, `${name}.br`), brotliCompressSync(bytes));
    writeFileSync(join(OUTPUT, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
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
