/**
 * A Prometheus and its promtool for the tests that scrape the server: those that are installed, else
 * Debian's, unpacked into `.cache/`. Installing the package would start a service. Run by itself it
 * gets them where they are not there; where that fails, only CI takes it for a failure.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail, root, run, say } from "./terminal.ts";

export interface Prometheus {
  server: string;
  promtool: string;
}

const CACHE = join(root, ".cache/prometheus");

/** Undefined where there is none yet. */
export function findPrometheus(): Prometheus | undefined {
  const path = `${process.env["PATH"] ?? ""}:${join(CACHE, "usr/bin")}`;
  const [server, promtool] = ["prometheus", "promtool"].map((name) =>
    Bun.which(name, { PATH: path }),
  );
  return server && promtool ? { server, promtool } : undefined;
}

/** Throws where the system has no apt-get, or does not reach Debian's packages. */
async function fromDebian(): Promise<void> {
  if (Bun.which("apt-get") === null || Bun.which("dpkg-deb") === null) {
    throw new Error("apt-get and dpkg-deb are Debian's.");
  }
  const scratch = `${CACHE}.part`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  const download = ["apt-get", "download", "-qq", "prometheus"];
  const first = await run(download, { timeoutMs: 120_000, cwd: scratch });
  if (!first.ok) {
    // A new machine has no lists of packages; only root may get them.
    await must(["apt-get", "update", "-qq"], scratch);
    await must(download, scratch);
  }
  const [file] = new Bun.Glob("prometheus_*.deb").scanSync({ cwd: scratch });
  if (file === undefined) throw new Error("apt-get downloaded no package.");
  await must(["dpkg-deb", "-x", file, "unpacked"], scratch);
  await rm(CACHE, { recursive: true, force: true });
  await rename(join(scratch, "unpacked"), CACHE);
  await rm(scratch, { recursive: true, force: true });
}

async function must(command: string[], cwd: string): Promise<void> {
  const result = await run(command, { timeoutMs: 120_000, cwd });
  if (!result.ok) throw new Error(`${command.join(" ")} failed:\n${result.output.trim()}`);
}

if (import.meta.main) {
  try {
    if (!findPrometheus()) await fromDebian();
    const found = findPrometheus();
    if (!found) throw new Error("Debian's package holds no prometheus and promtool.");
    say(found.server);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `There is no Prometheus, and none could be got.\n${reason}`;
    if (process.env["CI"]) fail(message);
    say(`${message}\nThe tests that scrape with it will be skipped.`);
  }
}
