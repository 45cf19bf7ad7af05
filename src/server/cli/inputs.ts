/** What is to be read: files, folders with all below them, patterns, and `-` for standard input. */
import { access, constants, readdir, stat } from "node:fs/promises";
import { basename, isAbsolute, join, normalize, relative, resolve } from "node:path";
import { SNIFF_BYTES, sniffFileType } from "../documents/sniff.ts";
import { UsageError } from "./failures.ts";

export interface Input {
  /** For people: as it was typed, and from there on. */
  name: string;
  /** The same for all spellings of a path. */
  source: string;
  /** Where its text goes below the output folder, without an extension of its own. */
  place: string;
  open(): Promise<Blob>;
}

const STDIN = "-";

/**
 * In the order of the arguments, files of a folder in that of their names; a file that is named twice
 * comes once.
 *
 * @throws UsageError where an argument names nothing.
 */
export async function findInputs(args: readonly string[]): Promise<Input[]> {
  const inputs = new Map<string, Input>();
  for (const argument of args) {
    const found = argument === STDIN ? [standardInput()] : await inputsOf(argument);
    for (const input of found) if (!inputs.has(input.source)) inputs.set(input.source, input);
  }
  return [...inputs.values()];
}

/** For a folder of outputs. @throws UsageError where two files would have the same one. */
export function requireOwnPlaces(inputs: readonly Input[]): void {
  const places = new Map<string, Input>();
  for (const input of inputs) {
    const other = places.get(input.place);
    if (other) {
      const names = `${other.name} and ${input.name}`;
      throw new UsageError(`${names} would have the same output. Read them one after the other.`);
    }
    places.set(input.place, input);
  }
}

async function inputsOf(argument: string): Promise<Input[]> {
  const found = await stat(argument).catch(() => undefined);
  if (found?.isDirectory()) return await readableIn(argument, placeOf(argument));
  if (found) return [fileInput(argument, placeOf(argument))];
  const matches = /[*?[{]/.test(argument) ? await Array.fromAsync(matchesOf(argument)) : [];
  if (matches.length === 0) throw new UsageError(`There is no ${argument}.`);
  return matches.sort().map((path) => fileInput(path, placeOf(path)));
}

function matchesOf(pattern: string): AsyncIterable<string> {
  return new Bun.Glob(pattern).scan({ absolute: isAbsolute(pattern), onlyFiles: true });
}

/** Of a path that leads out of this folder only its last part. */
function placeOf(path: string): string {
  const place = isAbsolute(path) ? relative(process.cwd(), path) : normalize(path);
  return place.startsWith("..") || isAbsolute(place) ? basename(path) : place;
}

/** What is of a kind that can be read, by the first bytes; the rest of a folder is no mistake. */
async function readableIn(folder: string, place: string): Promise<Input[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  const inputs: Input[] = [];
  for (const path of paths) {
    const bytes = Bun.file(join(folder, path)).slice(0, SNIFF_BYTES).bytes();
    // What may not be looked at is named among what could not be read.
    const head = await bytes.catch(() => undefined);
    if (!head || sniffFileType(head)) inputs.push(fileInput(join(folder, path), join(place, path)));
  }
  return inputs;
}

function fileInput(path: string, place: string): Input {
  const open = async (): Promise<Blob> => {
    // Else it would look as if the server were away.
    await access(path, constants.R_OK);
    return Bun.file(path);
  };
  return { name: path, source: resolve(path), place, open };
}

function standardInput(): Input {
  const open = async (): Promise<Blob> => await new Response(Bun.stdin.stream()).blob();
  return { name: STDIN, source: STDIN, place: "stdin", open };
}
