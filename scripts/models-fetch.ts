/**
 * `bun run models:fetch <set> [--to folder] [--from url]`: gets a set of models for
 * `EMBEDDED_MODELS_DIR`, and keeps only files whose SHA-256 is the known one.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { MODELS_URL, type ModelFile, modelSets } from "./model-sets.ts";
import { fail, say, withProgress } from "./terminal.ts";

/** A connection that brings nothing for so long is given up. */
const SILENCE_MS = 30_000;

/** What went wrong, in words for the one who called. */
export class FetchError extends Error {
  override readonly name = "FetchError";
}

/**
 * Downloads a file into a folder, where it appears only once it is whole and right.
 *
 * @returns its path; a file that is there and right is not fetched again.
 * @throws FetchError
 */
export async function fetchModel(file: ModelFile, from: string, folder: string): Promise<string> {
  const path = join(folder, basename(file.path));
  if ((await sha256Of(path)) === file.sha256) return path;
  const url = `${from.replace(/\/+$/, "")}/${file.path}`;
  const part = `${path}.part`;
  try {
    await download(url, part);
    const sha256 = await sha256Of(part);
    if (sha256 !== file.sha256) {
      throw new FetchError(
        `${url} is not the file that was expected: its SHA-256 is ${sha256}, not ${file.sha256}. Nothing was kept.`,
      );
    }
    await rename(part, path);
    return path;
  } finally {
    await rm(part, { force: true });
  }
}

async function download(url: string, path: string): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await fetch(url, { signal: silence.signal });
    if (!response.ok || !response.body) {
      throw new FetchError(`${url} answers with status ${response.status}.`);
    }
    const writer = Bun.file(path).writer();
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      await writer.write(chunk);
      await writer.flush();
    }
    await writer.end();
  } catch (error) {
    if (error instanceof FetchError) throw error;
    throw new FetchError(`${url} could not be fetched. Check that this machine reaches it.`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function sha256Of(path: string): Promise<string | undefined> {
  const file = Bun.file(path);
  if (!(await file.exists())) return undefined;
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of file.stream()) hash.update(chunk);
  return hash.digest("hex");
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { to: { type: "string" }, from: { type: "string", default: MODELS_URL } },
  });
  const [name = ""] = positionals;
  const set = modelSets[name];
  if (!set) {
    const known = Object.entries(modelSets).map(([key, one]) => `  ${key}: ${one.description}`);
    fail(`Usage: bun run models:fetch <set> [--to folder]\nSets:\n${known.join("\n")}`);
  }
  const folder = resolve(values.to ?? `models/${name}`);
  await mkdir(folder, { recursive: true });
  for (const file of set.files) {
    await withProgress(`Fetching ${basename(file.path)}`, async () =>
      fetchModel(file, values.from, folder),
    );
  }
  say(`Start the server with EMBEDDED_MODELS_DIR=${folder}`);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}
