/** What is to be read: files, folders with all below them, patterns, and `-` for standard input. */
import { readdir, stat } from "node:fs/promises";
import { basename, isAbsolute, join, normalize, relative } from "node:path";
import { SNIFF_BYTES, sniffFileType } from "../documents/sniff.ts";
import { UsageError } from "./failures.ts";

export interface Input {
  /** For people: as it was typed, and from there on. */
  name: string;
  /** Where its text goes below the output folder, without an extension of its own. */
  place: string;
  open(): Promise<Blob>;
}

export const STDIN = "-";

/**
 * In the order of the arguments, files of a folder in that of their names.
 *
 * @throws UsageError where an argument names nothing, or two files would have the same output.
 */
export async function findInputs(args: readonly string[]): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const argument of args) {
    if (argument === STDIN) inputs.push(standardInput());
    else inputs.push(...(await inputsOf(argument)));
  }
  const places = new Map<string, Input>();
  for (const input of inputs) {
    const other = places.get(input.place);
    if (other && other.name !== input.name) {
      const names = `${other.name} and ${input.name}`;
      throw new UsageError(`${names} would have the same output. Read them one after the other.`);
    }
    places.set(input.place, input);
  }
  // A file that was named twice is read once.
  return [...places.values()];
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
    const head = await Bun.file(join(folder, path)).slice(0, SNIFF_BYTES).bytes();
    if (sniffFileType(head)) inputs.push(fileInput(join(folder, path), join(place, path)));
  }
  return inputs;
}

function fileInput(path: string, place: string): Input {
  return { name: path, place, open: async () => await Promise.resolve(Bun.file(path)) };
}

function standardInput(): Input {
  const open = async (): Promise<Blob> => await new Response(Bun.stdin.stream()).blob();
  return { name: STDIN, place: "stdin", open };
}
