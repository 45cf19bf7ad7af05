/**
 * The last layer of a recogniser: for each step a number for each of thousands of characters, which
 * is a quarter of the work of reading a line, and most of what has to be copied. Cut off, it can be
 * left out, or done for the characters alone that a page is made of.
 */
import type { Graph } from "./graph.ts";
import { type Model, OUTPUT, floatValue, readModel, writeModel } from "./model.ts";
import { type Node, intOf, textField, writeNode } from "./node.ts";
import { writeTensor } from "./tensor.ts";
import { type Draft, writeFields } from "./wire.ts";

/** `features` × `weights` + `bias`, and of each row the softmax. */
export interface Layer {
  nodes: readonly [Node, Node, Node];
  features: string;
  /** How many there are of each step. */
  size: number;
  classes: number;
  weights: Float32Array;
  bias: Float32Array;
}

export interface SplitRecogniser {
  /** Gives the probabilities of the chosen classes first, then the features. */
  body: Uint8Array;
  /** From the features to the probabilities of all classes. */
  head: Uint8Array;
}

/** Field numbers of ModelProto and GraphProto. Source: onnx/onnx.proto. */
const MODEL_GRAPH = 7;
const NODE = 1;
const GRAPH_NAME = 2;
const INITIALIZER = 5;
const INPUT = 11;

/** A recogniser whose last layer is known. */
export interface KnownRecogniser {
  model: Model;
  layer: Layer;
}

/** @returns undefined where the last layer is another one, or the bytes are no model. */
export function readRecogniser(bytes: Uint8Array): KnownRecogniser | undefined {
  try {
    const model = readModel(bytes);
    const layer = findLayer(model.graph);
    return layer && { model, layer };
  } catch {
    return undefined;
  }
}

/**
 * Call it once for a recogniser, whose graph is changed by it.
 *
 * @param chosen classes whose probabilities the body gives, as if there were no others.
 */
export function splitHead(
  { model, layer }: KnownRecogniser,
  chosen: readonly number[],
): SplitRecogniser {
  const { graph } = model;
  const head = writeHead(model, layer);
  const [product, sum] = layer.nodes;
  const weights = graph.addFloats([layer.size, chosen.length], columnsOf(layer, chosen));
  const some = Float32Array.from(chosen, (index) => layer.bias[index] ?? 0);
  const bias = graph.addFloats([chosen.length], some);
  const [before = ""] = product.outputs;
  graph.replace(
    [product, sum],
    [
      { ...product, inputs: [layer.features, weights] },
      { ...sum, inputs: [before, bias] },
    ],
  );
  // What the output's shape was is wrong now.
  const kept = model.graphFields.filter(({ number }) => number !== OUTPUT);
  const outputs = [...graph.outputs, layer.features].map((name) => floatValue(OUTPUT, name));
  return { body: writeModel({ ...model, graphFields: [...kept, ...outputs] }), head };
}

function columnsOf({ weights, size, classes }: Layer, chosen: readonly number[]): Float32Array {
  const columns = new Float32Array(size * chosen.length);
  for (let row = 0, to = 0; row < size; row++) {
    for (const index of chosen) columns[to++] = weights[row * classes + index] ?? 0;
  }
  return columns;
}

function findLayer(graph: Graph): Layer | undefined {
  const [output = "", ...others] = graph.outputs;
  const softmax = graph.producerOf(output);
  const sum = softmax && graph.producerOf(softmax.inputs[0] ?? "");
  const addend = sum?.inputs.find((input) => graph.constant(input));
  const product = graph.producerOf(sum?.inputs.find((input) => input !== addend) ?? "");
  if (others.length > 0 || softmax?.op !== "Softmax" || sum?.op !== "Add") return undefined;
  const axis = intOf(softmax, "axis") ?? -1;
  if (product?.op !== "MatMul" || (axis !== 2 && axis !== -1)) return undefined;
  const [features = "", matrix] = product.inputs;
  const [size, classes, ...more] = graph.constant(matrix)?.dims ?? [];
  const [weights, bias] = [graph.floats(matrix), graph.floats(addend)];
  if (size === undefined || classes === undefined || more.length > 0) return undefined;
  if (!weights || bias?.length !== classes || graph.constant(features)) return undefined;
  const nodes = [product, sum, softmax] as const;
  return { nodes, features, size, classes, weights, bias };
}

/** A model of the last layer alone. */
function writeHead({ graph, modelFields }: Model, layer: Layer): Uint8Array {
  const message = (number: number, fields: readonly Draft[]): Draft => ({
    number,
    kind: "message",
    fields,
  });
  const [product, sum, softmax] = layer.nodes;
  const constants = [...product.inputs, ...sum.inputs].flatMap((name) => {
    const tensor = graph.constant(name);
    return tensor ? [message(INITIALIZER, writeTensor(name, tensor))] : [];
  });
  return writeFields([
    ...modelFields,
    message(MODEL_GRAPH, [
      ...[product, sum, softmax].map((node) => message(NODE, writeNode(node))),
      textField(GRAPH_NAME, "head"),
      ...constants,
      floatValue(INPUT, layer.features),
      floatValue(OUTPUT, softmax.outputs[0] ?? ""),
    ]),
  ]);
}
