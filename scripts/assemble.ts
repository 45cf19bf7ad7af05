/**
 * Puts what runs a server, and nothing else, into a folder: `bun scripts/assemble.ts FOLDER [COMMIT]`.
 * The image is made of it (`docker/Dockerfile`). The dashboard has to be built before.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { fail, root, run, say } from "./terminal.ts";

const TIMEOUT_MS = 600_000;
const LICENCE = /^(?:licen[cs]e|copying|notice)/i;
/** Types, sources of sources and guides: nothing that runs. */
const UNUSED_FILE = /\.(?:map|d\.[cm]?ts|md|markdown|flow)$/i;
const BENCH_OF_TYPES = /\.tsbuildinfo$/;
/** Types of packages, which they call for as their peers. */
const UNUSED_PACKAGES = ["@types", "@typescript", "bun-types", "typescript"];
/** What packages bring for other platforms, browsers and builds than this one. */
const UNUSED: readonly { folder: string; keep: RegExp }[] = [
  { folder: "onnxruntime-node/bin/napi-v6", keep: new RegExp(`^${process.platform}$`) },
  {
    folder: `onnxruntime-node/bin/napi-v6/${process.platform}`,
    keep: new RegExp(`^${process.arch}$`),
  },
  // One of ten builds is loaded: `engines/embedded/latin/tesseract.ts`.
  {
    folder: "tesseract.js-core",
    keep: /^(?:package\.json|tesseract-core-simd-lstm\.(?:js|wasm))$/,
  },
  ...["deu", "fra", "ita", "nld", "spa"].map((language) => ({
    folder: `@tesseract.js-data/${language}`,
    keep: /^(?:package\.json|4\.0\.0_best_int)$/,
  })),
  // The other is the same file by another name.
  { folder: "bun/bin", keep: /^bun\.exe$/ },
  { folder: "openai", keep: /^(?!src$)/ },
];

/**
 * @param commit that it is made of, which the server tells; nothing where it is not known.
 * @throws Error with what went wrong.
 */
export async function assemble(target: string, commit?: string): Promise<void> {
  if (!existsSync(join(root, "dist/client/index.html"))) {
    throw new Error("The dashboard is not built. Run `bun run build` first.");
  }
  mkdirSync(target, { recursive: true });
  await copyPackage(target);
  for (const name of ["bun.lock", "bunfig.toml"]) cpSync(join(root, name), join(target, name));
  const install = [process.execPath, "install", "--production", "--frozen-lockfile"];
  await must(install, target, { ONNXRUNTIME_NODE_INSTALL: "skip" });
  if (commit !== undefined) await Bun.write(join(target, "COMMIT"), `${commit}\n`);
  const modules = join(target, "node_modules");
  for (const name of UNUSED_PACKAGES) rmSync(join(modules, name), { recursive: true, force: true });
  for (const { folder, keep } of UNUSED) removeAllBut(join(modules, folder), keep);
  removeUnusedFiles(modules);
}

/** The files that the package is made of: `files` of package.json. */
async function copyPackage(target: string): Promise<void> {
  const pack = [process.execPath, "pm", "pack", "--ignore-scripts", "--destination", target];
  await must(pack, root);
  const tarball = join(target, `${packageJson.name}-${packageJson.version}.tgz`);
  await must(["tar", "-xzf", tarball, "-C", target, "--strip-components=1"], target);
  rmSync(tarball);
}

function removeAllBut(folder: string, keep: RegExp): void {
  if (!existsSync(folder))
    throw new Error(`${folder} is not there: scripts/assemble.ts is out of date.`);
  for (const name of readdirSync(folder)) {
    if (!keep.test(name) && !LICENCE.test(name)) rmSync(join(folder, name), { recursive: true });
  }
}

function removeUnusedFiles(modules: string): void {
  for (const entry of readdirSync(modules, { recursive: true, withFileTypes: true })) {
    const isUnused = UNUSED_FILE.test(entry.name) || BENCH_OF_TYPES.test(entry.name);
    if (entry.isFile() && isUnused && !LICENCE.test(entry.name)) {
      rmSync(join(entry.parentPath, entry.name));
    }
  }
}

async function must(
  command: string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<void> {
  const result = await run(command, { timeoutMs: TIMEOUT_MS, cwd, env });
  if (!result.ok) throw new Error(`${command.join(" ")} failed:\n${result.output.trim()}`);
}

if (import.meta.main) {
  const [target, commit] = process.argv.slice(2);
  if (target === undefined) fail("Name the folder: bun scripts/assemble.ts FOLDER [COMMIT]");
  try {
    await assemble(resolve(target), commit);
    say(`What runs a server is in ${target}.`);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}
