/** Small models for tests, and what they give. */
import * as ort from "onnxruntime-node";
import { readModel } from "./model.ts";
import { type Node, textField, writeNode } from "./node.ts";
import { FLOAT, type Tensor, floatTensor, sizeOf, writeTensor } from "./tensor.ts";
import { type Draft, writeFields } from "./wire.ts";

interface Example {
  nodes: readonly Node[];
  /** More than the nodes use may be given. */
  constants?: Readonly<Record<string, Tensor>>;
  /** The shape of the one input, `x`. What is named may be any size. */
  shape: readonly (number | string)[];
  /** The one output; `y`, if it is not given. */
  output?: string;
  opset?: number;
}

/** Source of the field numbers: onnx/onnx.proto. */
export function exampleModel({ nodes, constants, shape, output, opset }: Example): Uint8Array {
  const message = (number: number, fields: readonly Draft[]): Draft => ({
    number,
    kind: "message",
    fields,
  });
  const integer = (number: number, value: number): Draft => ({
    number,
    kind: "varint",
    value: BigInt(value),
  });
  const dims = shape.map((dim) =>
    message(1, [typeof dim === "number" ? integer(1, dim) : textField(2, dim)]),
  );
  const value = (name: string, dims: readonly Draft[]): Draft[] => [
    textField(1, name),
    message(2, [message(1, [integer(1, FLOAT), ...dims])]),
  ];
  const used = new Set(nodes.flatMap((node) => node.inputs));
  const graph = [
    ...nodes.map((node) => message(1, writeNode(node))),
    textField(2, "example"),
    ...Object.entries(constants ?? {})
      .filter(([name]) => used.has(name))
      .map(([name, tensor]) => message(5, writeTensor(name, tensor))),
    message(11, value("x", [message(2, dims)])),
    message(12, value(output ?? "y", [])),
  ];
  const opsets = message(8, [textField(1, ""), integer(2, opset ?? 11)]);
  const microsoft = message(8, [textField(1, "com.microsoft"), integer(2, 1)]);
  return writeFields([integer(1, 8), message(7, graph), opsets, microsoft]);
}

/** Numbers that look random and are the same each time, from -1 to 1. */
export function noise(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (state * 16_807) % 2_147_483_647;
    return (2 * state) / 2_147_483_647 - 1;
  });
}

/** A constant of such numbers. */
export function noiseTensor(dims: readonly number[], seed = 1, scale = 0.5): Tensor {
  return floatTensor(
    dims,
    noise(sizeOf(dims), seed).map((value) => value * scale),
  );
}

/** What a model of one input and one output gives. */
export async function outputOf(
  model: Uint8Array,
  data: Float32Array,
  dims: readonly number[],
): Promise<{ data: Float32Array; dims: readonly number[] }> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  try {
    const [input = ""] = session.inputNames;
    const [output = ""] = session.outputNames;
    const result = (await session.run({ [input]: new ort.Tensor("float32", data, dims) }))[output];
    if (!result || !(result.data instanceof Float32Array)) throw new Error("no floats came out");
    return { data: result.data, dims: result.dims };
  } finally {
    await session.release();
  }
}

/** Results below this are taken for none. */
const NOTHING = 1e-3;

/** The largest difference of two results, as a part of the largest number in them. */
export function difference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let [most, size] = [0, NOTHING];
  for (const [i, value] of a.entries()) {
    const apart = Math.abs(value - (b[i] ?? 0));
    // What is no number is as far apart as can be.
    most = Math.max(most, Number.isNaN(apart) ? Infinity : apart);
    size = Math.max(size, Math.abs(value));
  }
  return most / size;
}

/** The operators of a model, in the order of the alphabet. */
export function operatorsOf(model: Uint8Array): string[] {
  return readModel(model)
    .graph.nodes.map((node) => node.op)
    .toSorted();
}
