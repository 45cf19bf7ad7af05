/** Installs the packages of `bun.lock`, and does nothing where that has been done. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fail, root, run, withProgress } from "./terminal.ts";

const STAMP = join(root, "node_modules/.installed-lockfile");
const TIMEOUT_MS = 600_000;

/** Ends the process with a sentence for people where it fails. */
export async function ensureInstalled(): Promise<void> {
  await install().catch((error: unknown) =>
    fail(error instanceof Error ? error.message : String(error)),
  );
}

/** @throws Error with the installer's output and a sentence for people. */
export async function install(): Promise<void> {
  const wanted = await fingerprint();
  if (existsSync(STAMP) && (await Bun.file(STAMP).text()) === wanted) return;
  const result = await withProgress("Installing the packages of bun.lock", async () =>
    run([process.execPath, "install", "--frozen-lockfile"], {
      timeoutMs: TIMEOUT_MS,
      // Its install script would download CUDA libraries; the CPU runtime is in the package.
      env: { ONNXRUNTIME_NODE_INSTALL: "skip" },
    }),
  );
  if (!result.ok) throw new Error(`${result.output}\n${advice(result.output)}`);
  await Bun.write(STAMP, wanted);
}

async function fingerprint(): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for (const name of ["bun.lock", "package.json"]) {
    hash.update(await Bun.file(join(root, name)).bytes());
  }
  return `${hash.digest("hex")} ${process.platform}-${process.arch}\n`;
}

function advice(output: string): string {
  if (/lockfile (?:had changes|is frozen)/i.test(output)) {
    return "bun.lock and package.json do not fit together. Run `npx -y bun@1.4.5 install`, then this again.";
  }
  if (/ENOSPC|no space left/i.test(output)) {
    return "The disk is full: the packages need about 950 MB. Make room, then run this again.";
  }
  if (/EACCES|permission denied/i.test(output)) {
    return `The packages cannot be written to ${join(root, "node_modules")}. Check whose folder it is.`;
  }
  return (
    "The packages could not be installed. Check that this machine reaches the npm registry " +
    "(`npm ping`; behind a proxy set HTTPS_PROXY), then run this again."
  );
}
