/**
 * The models as sessions that can be run. One thread each: two processes read more pages a second
 * than one with two threads.
 */
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-node";
import { rewriteModel } from "./graph/rewrite.ts";
import { bytesOf, textsOf } from "./graph/node.ts";
import { readFields } from "./graph/wire.ts";
import { SecondReader } from "./latin/second-reader.ts";
import {
  type ModelFiles,
  ModelFilesError,
  charactersOf,
  readDictionary,
  splitDictionary,
} from "./model-files.ts";
import { loadWords } from "./spelling.ts";

export interface Models {
  detection: ort.InferenceSession;
  recognition: ort.InferenceSession;
  /** The character of each class of the recognition; the empty string is CTC's blank. */
  characters: readonly string[];
  /** English words, in lower case. */
  words: ReadonlySet<string>;
  /** For the letters that the recognition does not know. */
  secondReader: SecondReader;
}

/** @throws ModelFilesError where files are no models, or do not belong together. */
export async function loadModels(files: ModelFiles): Promise<Models> {
  const options: ort.InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Pages and lines differ in size: patterns of the last one are of no use to the next.
    enableMemPattern: false,
    // The arena keeps what the largest page needed for ever: 100 MB more, for a twentieth of the time.
    enableCpuMemArena: false,
  };
  const session = async (path: string): Promise<ort.InferenceSession> => {
    try {
      return await createSession(readFileSync(path), options);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new ModelFilesError(`${path} is no model that can be run: ${message}`);
    }
  };
  const recognition = await session(files.recognition);
  return {
    detection: await session(files.detection),
    recognition,
    characters: charactersOf(dictionaryOf(files), await countClasses(recognition)),
    words: loadWords(),
    secondReader: new SecondReader(),
  };
}

const METADATA = 14;
/** Under which converters to ONNX leave a dictionary. */
const DICTIONARY_KEY = "character";

/** A session of the model, rewritten to run faster where that works. */
async function createSession(
  model: Uint8Array,
  options: ort.InferenceSession.SessionOptions,
): Promise<ort.InferenceSession> {
  const faster = rewriteModel(model);
  try {
    return await ort.InferenceSession.create(faster, options);
  } catch (error) {
    // The rewriting uses what not every version and processor has.
    if (faster === model) throw error;
    return await ort.InferenceSession.create(model, options);
  }
}

/** Beside the model, or in it. Source: onnx.proto, ModelProto.metadata_props. */
function dictionaryOf({ dictionary, recognition }: ModelFiles): string[] {
  if (dictionary !== undefined) return readDictionary(dictionary);
  for (const entry of bytesOf(readFields(readFileSync(recognition)), METADATA)) {
    const fields = readFields(entry);
    const [[key], [value]] = [textsOf(fields, 1), textsOf(fields, 2)];
    if (key === DICTIONARY_KEY && value !== undefined) return splitDictionary(value);
  }
  throw new ModelFilesError(
    `${recognition} brings no dictionary. Put its characters, one a line, into a .txt file beside it.`,
  );
}

/** How many classes the recognition tells apart: only a run can say. */
async function countClasses(recognition: ort.InferenceSession): Promise<number> {
  const { dims } = await runModel(recognition, new Float32Array(3 * 48 * 32), [1, 3, 48, 32]);
  return dims[2] ?? 0;
}

/** Runs a model of one input and one output. */
export async function runModel(
  session: ort.InferenceSession,
  data: Float32Array,
  dims: readonly number[],
): Promise<{ data: Float32Array; dims: readonly number[] }> {
  const [input = ""] = session.inputNames;
  const [output = ""] = session.outputNames;
  const results = await session.run({ [input]: new ort.Tensor("float32", data, dims) });
  const result = results[output];
  if (!result || !(result.data instanceof Float32Array))
    throw new Error("the model gave no floats");
  return { data: result.data, dims: result.dims };
}
