/** Programs of Debian's packages, unpacked into `.cache/`: installing them would start services. */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { root, run } from "./terminal.ts";

const TIMEOUT_MS = 120_000;

/** The folder of a package below `.cache/`, whether it is there or not. */
export function packageFolder(name: string): string {
  return join(root, ".cache", name);
}

/** The program's path: the installed one, else the one that was unpacked. */
export function findProgram(packageName: string, program = packageName): string | undefined {
  const folders = ["usr/bin", "usr/sbin"].map((folder) => join(packageFolder(packageName), folder));
  // Debian's users have no sbin on their PATH.
  const path = [process.env["PATH"] ?? "", "/usr/sbin", ...folders].join(":");
  return Bun.which(program, { PATH: path }) ?? undefined;
}

/** @throws Error where the system has no apt-get, or does not reach Debian's packages. */
export async function unpackPackage(name: string): Promise<void> {
  if (Bun.which("apt-get") === null || Bun.which("dpkg-deb") === null) {
    throw new Error("apt-get and dpkg-deb are Debian's.");
  }
  const folder = packageFolder(name);
  const scratch = `${folder}.part`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  const download = ["apt-get", "download", "-qq", name];
  const first = await run(download, { timeoutMs: TIMEOUT_MS, cwd: scratch });
  if (!first.ok) {
    // A new machine has no lists of packages; only root may get them.
    await must(["apt-get", "update", "-qq"], scratch);
    await must(download, scratch);
  }
  const [file] = new Bun.Glob(`${name}_*.deb`).scanSync({ cwd: scratch });
  if (file === undefined) throw new Error("apt-get downloaded no package.");
  await must(["dpkg-deb", "-x", file, "unpacked"], scratch);
  await rm(folder, { recursive: true, force: true });
  await rename(join(scratch, "unpacked"), folder);
  await rm(scratch, { recursive: true, force: true });
}

async function must(command: string[], cwd: string): Promise<void> {
  const result = await run(command, { timeoutMs: TIMEOUT_MS, cwd });
  if (!result.ok) throw new Error(`${command.join(" ")} failed:\n${result.output.trim()}`);
}
