/**
 * An ONNX model as bytes, and its graph as something to work on. Source: ModelProto and GraphProto
 * in onnx/onnx.proto.
 */
import { Graph } from "./graph.ts";
import { MICROSOFT, bytesOf, readNode, tensorOf, textField, textsOf, writeNode } from "./node.ts";
import { FLOAT, readTensor, writeTensor } from "./tensor.ts";
import { type Draft, type Field, readFields, writeFields } from "./wire.ts";

export interface Model {
  graph: Graph;
  /** Everything but the graph, and everything in the graph but nodes and constants. */
  modelFields: readonly Field[];
  graphFields: readonly Field[];
}

/** Field numbers of ModelProto, and of OperatorSetIdProto. */
const GRAPH = 7;
const OPSET = 8;
const OPSET_DOMAIN = 1;
const OPSET_VERSION = 2;

/** Field numbers of GraphProto, and of ValueInfoProto. */
const NODE = 1;
const INITIALIZER = 5;
const INPUT = 11;
export const OUTPUT = 12;
const VALUE_INFO = 13;
const VALUE_NAME = 1;
const VALUE_TYPE = 2;
/** Of TypeProto and TypeProto.Tensor. */
const TENSOR_TYPE = 1;
const ELEMENT_TYPE = 1;

/** @throws Error where the bytes are no model. */
export function readModel(bytes: Uint8Array): Model {
  const modelFields = readFields(bytes);
  const [graphBytes] = bytesOf(modelFields, GRAPH);
  if (!graphBytes) throw new Error("the model has no graph");
  const graphFields = readFields(graphBytes);
  const names = (number: number): string[] =>
    bytesOf(graphFields, number).flatMap((value) => textsOf(readFields(value), VALUE_NAME));
  const graph = new Graph(names(INPUT), names(OUTPUT), opsetOf(modelFields));
  for (const message of bytesOf(graphFields, INITIALIZER)) {
    const { name, tensor } = readTensor(message);
    // One that is an input too is only a default.
    if (!graph.inputs.has(name)) graph.setConstant(name, tensor);
  }
  for (const message of bytesOf(graphFields, NODE)) addNode(graph, message);
  const isKept = (field: Field): boolean =>
    field.number !== NODE && field.number !== VALUE_INFO && !isConstant(graph, field);
  return {
    graph,
    modelFields: modelFields.filter((field) => field.number !== GRAPH),
    graphFields: graphFields.filter(isKept),
  };
}

/** A node that only states a constant becomes one. */
function addNode(graph: Graph, message: Uint8Array): void {
  const node = readNode(message);
  const [output = ""] = node.outputs;
  const value = node.op === "Constant" && node.domain === "" ? tensorOf(node, "value") : undefined;
  if (value && !graph.outputs.has(output)) graph.setConstant(output, value);
  else graph.add(node);
}

function isConstant(graph: Graph, field: Field): boolean {
  if (field.number !== INITIALIZER || field.kind !== "bytes") return false;
  return graph.constant(readTensor(field.bytes).name) !== undefined;
}

function opsetOf(modelFields: readonly Field[]): number {
  for (const message of bytesOf(modelFields, OPSET)) {
    const fields = readFields(message);
    const version = fields.find((field) => field.number === OPSET_VERSION);
    const isOnnx = ["", "ai.onnx"].includes(textsOf(fields, OPSET_DOMAIN)[0] ?? "");
    if (isOnnx && version?.kind === "varint") return Number(version.value);
  }
  return 1;
}

/** @throws Error where the graph has a circle. */
export function writeModel({ graph, modelFields, graphFields }: Model): Uint8Array {
  const message = (number: number, fields: readonly Draft[]): Draft => ({
    number,
    kind: "message",
    fields,
  });
  const nodes = graph.sorted().map((node) => message(NODE, writeNode(node)));
  const constants = graph.constants.map(([name, tensor]) =>
    message(INITIALIZER, writeTensor(name, tensor)),
  );
  return writeFields([
    ...modelFields,
    message(GRAPH, [...nodes, ...graphFields, ...constants]),
    ...missingOpset(modelFields),
  ]);
}

/** ONNX Runtime's own operators have to be declared. */
function missingOpset(modelFields: readonly Field[]): Field[] {
  const isDeclared = bytesOf(modelFields, OPSET).some((message) =>
    textsOf(readFields(message), OPSET_DOMAIN).includes(MICROSOFT),
  );
  if (isDeclared) return [];
  const bytes = writeFields([
    textField(OPSET_DOMAIN, MICROSOFT),
    { number: OPSET_VERSION, kind: "varint", value: 1n },
  ]);
  return [{ number: OPSET, kind: "bytes", bytes }];
}

/** An input or output of floats, of any shape. */
export function floatValue(number: number, name: string): Field {
  const type = writeFields([{ number: ELEMENT_TYPE, kind: "varint", value: BigInt(FLOAT) }]);
  const tensor = writeFields([{ number: TENSOR_TYPE, kind: "bytes", bytes: type }]);
  const bytes = writeFields([
    textField(VALUE_NAME, name),
    { number: VALUE_TYPE, kind: "bytes", bytes: tensor },
  ]);
  return { number, kind: "bytes", bytes };
}
