/**
 * What stands in for base images where there is no Docker: Debian's smallest system, made by
 * debootstrap and kept in `.cache/`, and for those of Node the Node and npm of this machine.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root, run } from "../terminal.ts";

const CACHE = join(root, ".cache/docker-bases");
const RELEASE = "bookworm";
/** Both are Debian 12: `bookworm`. */
const DEBIAN = /^debian:12\.\d+-slim$/;
const NODE = /^node:\d+\.\d+\.\d+-bookworm-slim$/;

/**
 * @param image as the Dockerfile names it.
 * @returns the folder of its files.
 * @throws Error where it is another one, has no exact version, or cannot be made here.
 */
export async function baseOf(image: string): Promise<string> {
  if (DEBIAN.test(image)) return await made("debian", debian);
  if (NODE.test(image)) return await made("node", node);
  throw new Error(`docker:check knows Debian 12 and Node on it, by exact versions, not ${image}.`);
}

async function made(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  const scratch = `${folder}.part`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(dirname(scratch), { recursive: true });
  await make(scratch);
  await rename(scratch, folder);
  return folder;
}

async function debian(folder: string): Promise<void> {
  if (Bun.which("debootstrap") === null) {
    throw new Error("There is no debootstrap: apt-get install debootstrap.");
  }
  await must(["debootstrap", "--variant=minbase", RELEASE, folder]);
}

/** `npx` is what the Dockerfile needs of it. */
async function node(folder: string): Promise<void> {
  const [program, npx] = [Bun.which("node"), Bun.which("npx")];
  if (program === null || npx === null) throw new Error("There is no Node with npm.");
  const npm = dirname(dirname(await must(["realpath", npx])));
  await must(["cp", "--archive", await made("debian", debian), folder]);
  const modules = join(folder, "usr/local/lib/node_modules");
  await mkdir(modules, { recursive: true });
  await must(["cp", "--archive", npm, join(modules, "npm")]);
  await must(["cp", "--dereference", program, join(folder, "usr/local/bin/node")]);
  const link = join(folder, "usr/local/bin/npx");
  await must(["ln", "-s", "../lib/node_modules/npm/bin/npx-cli.js", link]);
}

async function must(command: string[]): Promise<string> {
  const { ok, output } = await run(command, { timeoutMs: 300_000 });
  if (!ok) throw new Error(`${command.join(" ")} failed:\n${output.slice(-2000)}`);
  return output.trim();
}
