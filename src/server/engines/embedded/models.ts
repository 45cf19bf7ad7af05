/**
 * The models as sessions that can be run. One thread each: two processes read more pages a second
 * than one with two threads.
 */
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-node";
import channelMeans from "./channel-means.json" with { type: "json" };
import { readRecogniser, splitHead } from "./graph/head.ts";
import type { ChannelMeans } from "./graph/int8.ts";
import { bytesOf, textsOf } from "./graph/node.ts";
import { rewriteModel } from "./graph/rewrite.ts";
import { readFields } from "./graph/wire.ts";
import { SecondReader } from "./latin/second-reader.ts";
import {
  type ModelFiles,
  ModelFilesError,
  charactersOf,
  readDictionary,
  shippedModels,
  splitDictionary,
} from "./model-files.ts";
import { hasVnni } from "./vnni.ts";
import { loadWords } from "./word-list.ts";

export interface Models {
  detection: ort.InferenceSession;
  recognition: Recognition;
  /** English words, in lower case. */
  words: ReadonlySet<string>;
  /** For the letters that the recognition does not know. */
  secondReader: SecondReader;
}

/** The recognition model; the empty string among its characters is CTC's blank. */
export interface Recognition {
  /** Gives the probabilities of `letters`, then the features that `head` wants. */
  body: ort.InferenceSession;
  /** Gives the probabilities of `letters`, in a fraction of the body's time and less surely. */
  quick: ort.InferenceSession | undefined;
  /** The characters that alphabets are made of, and the marks beside them. */
  letters: readonly string[];
  /** From features to the probabilities of `characters`; undefined where the body does it all. */
  head: ort.InferenceSession | undefined;
  /** Of all classes. */
  characters: readonly string[];
}

/** There are thousands of these; everything else is in `Recognition.letters`. */
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

const options: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  // Pages and lines differ in size: patterns of the last one are of no use to the next.
  enableMemPattern: false,
  // The arena keeps what the largest page needed for ever: 100 MB more, for a twentieth of the time.
  enableCpuMemArena: false,
};

/** @throws ModelFilesError where files are no models, or do not belong together. */
export async function loadModels(files: ModelFiles): Promise<Models> {
  return {
    recognition: await loading(files.recognition, async () => await loadRecognition(files)),
    detection: await loading(
      files.detection,
      async () => await createSession(readFileSync(files.detection)),
    ),
    words: loadWords(),
    secondReader: new SecondReader(),
  };
}

async function loading<T>(path: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof ModelFilesError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ModelFilesError(`${path} is no model that can be run: ${message}`);
  }
}

async function loadRecognition(files: ModelFiles): Promise<Recognition> {
  const bytes = readFileSync(files.recognition);
  const known = readRecogniser(bytes);
  if (!known) return await loadWhole(bytes, files);
  const characters = charactersOf(dictionaryOf(files), known.layer.classes);
  const chosen = [...characters.keys()].filter((index) => !IDEOGRAPH.test(characters[index] ?? ""));
  const { body, head } = splitHead(known, chosen);
  // They were measured with the models that are shipped, and hold for no others.
  const isMeasured = files.recognition === shippedModels.recognition;
  const means: Partial<typeof channelMeans> = isMeasured && hasVnni() ? channelMeans : {};
  return {
    body: await createSession(body, means.body),
    quick: await loadQuick(files, means.quick),
    letters: chosen.map((index) => characters[index] ?? ""),
    head: await ort.InferenceSession.create(head, options),
    characters,
  };
}

async function loadQuick(
  { quick }: ModelFiles,
  means: ChannelMeans | undefined,
): Promise<ort.InferenceSession | undefined> {
  if (quick === undefined) return undefined;
  return await loading(quick, async () => await createSession(readFileSync(quick), means));
}

/** For models with an end of another kind. */
async function loadWhole(bytes: Uint8Array, files: ModelFiles): Promise<Recognition> {
  const body = await createSession(bytes);
  // Only a run can say how many classes there are.
  const [probabilities] = await runModel(body, new Float32Array(3 * 48 * 32), [1, 3, 48, 32]);
  const characters = charactersOf(dictionaryOf(files), probabilities?.dims[2] ?? 0);
  return { body, quick: undefined, letters: characters, head: undefined, characters };
}

const METADATA = 14;
/** Under which converters to ONNX leave a dictionary. */
const DICTIONARY_KEY = "character";

/** A session of the model, rewritten to run faster where that works. */
async function createSession(
  model: Uint8Array,
  means: ChannelMeans = {},
): Promise<ort.InferenceSession> {
  const faster = rewriteModel(model, means);
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

/** What a model gives: floats, in a shape. */
export interface Floats {
  data: Float32Array;
  dims: readonly number[];
}

/** Runs a model of one input. @returns its outputs in their order. */
export async function runModel(
  session: ort.InferenceSession,
  data: Float32Array,
  dims: readonly number[],
): Promise<Floats[]> {
  const [input = ""] = session.inputNames;
  const results = await session.run({ [input]: new ort.Tensor("float32", data, dims) });
  return session.outputNames.map((name) => {
    const result = results[name];
    if (!(result?.data instanceof Float32Array)) throw new Error("the model gave no floats");
    return { data: result.data, dims: result.dims };
  });
}
