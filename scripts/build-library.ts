/**
 * Builds `my-ocr/client` where its sources have changed since the last build: one file of JavaScript
 * that needs nothing else, and its types. `--force` builds anyway.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fail, root, run } from "./terminal.ts";

const ENTRY = "client-library/client";
const OUT = join(root, "dist/client-library");
const STAMP = join(root, "dist/library-sources");
const TIMEOUT_MS = 120_000;

/** Whose types may be needed to read ours. The server's own must not: it is never called from here. */
const OWN = /^(?:client-library|shared|server\/trpc|server\/errors)\b/;
const PACKAGES = /^(?:@trpc\/(?:client|server)|zod)(?:\/|$)/;
const IMPORT = /(?:from|import)\s*\(?\s*"([^"]+)"/g;

/** Ends the process with the build's output where it fails. */
export async function ensureLibraryBuilt(force = false): Promise<void> {
  const wanted = await fingerprint();
  const isBuilt = existsSync(OUT) && existsSync(STAMP);
  if (!force && isBuilt && (await Bun.file(STAMP).text()) === wanted) return;
  rmSync(OUT, { recursive: true, force: true });
  try {
    await buildCode();
    await buildTypes();
  } catch (error) {
    fail(
      `${error instanceof Error ? error.message : String(error)}\nThe library could not be built.`,
    );
  }
  await Bun.write(STAMP, wanted);
}

async function buildCode(): Promise<void> {
  const result = await Bun.build({
    entrypoints: [join(root, `src/${ENTRY}.ts`)],
    outdir: OUT,
    target: "browser",
    format: "esm",
    // The conditions of a browser's bundle would leave out what Node needs.
    conditions: ["import", "default"],
  });
  const problems = result.logs.map(({ message }) => message).join("\n");
  if (!result.success) throw new Error(problems);
}

/** All declarations that the entry's lead to, without the context that procedures run in. */
async function buildTypes(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "my-ocr-types-"));
  try {
    await emitDeclarations(scratch);
    const seen = new Set<string>();
    const waiting = [`${ENTRY}.d.ts`];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      waiting.push(...(await copyDeclaration(scratch, file)));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function emitDeclarations(folder: string): Promise<void> {
  const config = join(folder, "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    emitDeclarationOnly: true,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: join(root, "src"),
    typeRoots: [join(root, "node_modules/@types")],
    outDir: folder,
  };
  const files = [join(root, `src/${ENTRY}.ts`)];
  // Declarations of packages that have none are found by nothing else.
  const include = [join(root, "src/**/*.d.ts")];
  const content = { extends: join(root, "tsconfig.json"), compilerOptions, include, files };
  await Bun.write(config, JSON.stringify(content));
  const tsc = [process.execPath, "node_modules/typescript/bin/tsc", "-p", config];
  const result = await run(tsc, { timeoutMs: TIMEOUT_MS });
  if (!result.ok) throw new Error(result.output);
}

/** @returns what it imports, as paths in `folder`. */
async function copyDeclaration(folder: string, file: string): Promise<string[]> {
  const written = await Bun.file(join(folder, file)).text();
  // Callers never see it, and it holds all of the server.
  const text = written.replaceAll(/import\("[^"]*\/init\.(?:ts|js)"\)\.TrpcContext/g, "object");
  const needed: string[] = [];
  for (const [, specifier = ""] of text.matchAll(IMPORT)) {
    const isOwn = specifier.startsWith(".");
    const path = join(dirname(file), specifier).replace(/\.(?:ts|js)$/, ".d.ts");
    if (isOwn ? !OWN.test(path) : !PACKAGES.test(specifier)) {
      throw new Error(`Its types need ${isOwn ? path : specifier}: see ${file}.`);
    }
    if (isOwn) needed.push(path);
  }
  await Bun.write(join(OUT, "types", file), text.replaceAll(/(\.{1,2}\/[^"\n]+)\.ts"/g, '$1.js"'));
  return needed;
}

async function fingerprint(): Promise<string> {
  const sources = new Bun.Glob("src/{client-library,shared,server}/**/*.ts").scanSync({
    cwd: root,
  });
  const own = relative(root, import.meta.path);
  const hash = new Bun.CryptoHasher("sha256");
  for (const name of [...sources, own, "tsconfig.json", "bun.lock"].sort()) {
    hash.update(`${name}\0`).update(await Bun.file(join(root, name)).bytes());
  }
  return `${hash.digest("hex")}\n`;
}

if (import.meta.main) await ensureLibraryBuilt(process.argv.includes("--force"));
