/**
 * The nodes of an ONNX graph and their attributes. Source: NodeProto and AttributeProto in
 * onnx/onnx.proto.
 */
import { type Tensor, readIntegers, readTensor } from "./tensor.ts";
import { type Field, readFields, writeFields } from "./wire.ts";

export interface Node {
  op: string;
  /** Empty for ONNX's own operators. */
  domain: string;
  /** An input that is left out has an empty name. */
  inputs: readonly string[];
  outputs: readonly string[];
  /** Each as its whole message, by its name. */
  attributes: ReadonlyMap<string, Uint8Array>;
  /** Whatever else the node says. */
  rest: readonly Field[];
}

/** Of operators that are ONNX Runtime's own. */
export const MICROSOFT = "com.microsoft";

/** Field numbers of NodeProto. */
const INPUT = 1;
const OUTPUT = 2;
const OP_TYPE = 4;
const ATTRIBUTE = 5;
const DOMAIN = 7;

/** Field numbers of AttributeProto, and the numbers of the types that it names. */
const ATTRIBUTE_NAME = 1;
const ATTRIBUTE_TYPE = 20;
const PLACES = { float: 2, int: 3, string: 4, tensor: 5, graph: 6, floats: 7, ints: 8, graphs: 11 };
const TYPES = { float: 1, int: 2, string: 3, ints: 7 };

export function readNode(message: Uint8Array): Node {
  const fields = readFields(message);
  const attributes = bytesOf(fields, ATTRIBUTE).map((bytes): [string, Uint8Array] => [
    textsOf(readFields(bytes), ATTRIBUTE_NAME)[0] ?? "",
    bytes,
  ]);
  const known = new Set([INPUT, OUTPUT, OP_TYPE, ATTRIBUTE, DOMAIN]);
  return {
    op: textsOf(fields, OP_TYPE)[0] ?? "",
    domain: textsOf(fields, DOMAIN)[0] ?? "",
    inputs: textsOf(fields, INPUT),
    outputs: textsOf(fields, OUTPUT),
    attributes: new Map(attributes),
    rest: fields.filter((field) => !known.has(field.number)),
  };
}

/** The fields of a node's message. */
export function writeNode(node: Node): Field[] {
  return [
    ...node.inputs.map((name) => textField(INPUT, name)),
    ...node.outputs.map((name) => textField(OUTPUT, name)),
    textField(OP_TYPE, node.op),
    textField(DOMAIN, node.domain),
    ...node.attributes
      .values()
      .map((bytes): Field => ({ number: ATTRIBUTE, kind: "bytes", bytes })),
    ...node.rest,
  ];
}

/** Does the node carry a graph of its own, as loops and conditions do? */
export function hasSubgraph(node: Node): boolean {
  return node.attributes
    .values()
    .some((message) =>
      readFields(message).some(({ number }) => number === PLACES.graph || number === PLACES.graphs),
    );
}

export function intOf(node: Node, name: string): number | undefined {
  const field = attributeField(node, name, PLACES.int);
  return field?.kind === "varint" ? Number(BigInt.asIntN(64, field.value)) : undefined;
}

export function intsOf(node: Node, name: string): number[] | undefined {
  const message = node.attributes.get(name);
  return message && readIntegers(readFields(message), PLACES.ints).map(Number);
}

export function floatOf(node: Node, name: string): number | undefined {
  const field = attributeField(node, name, PLACES.float);
  if (field?.kind !== "fixed32") return undefined;
  return new DataView(field.bytes.buffer, field.bytes.byteOffset).getFloat32(0, true);
}

export function textOf(node: Node, name: string): string | undefined {
  const field = attributeField(node, name, PLACES.string);
  return field?.kind === "bytes" ? new TextDecoder().decode(field.bytes) : undefined;
}

export function tensorOf(node: Node, name: string): Tensor | undefined {
  const field = attributeField(node, name, PLACES.tensor);
  return field?.kind === "bytes" ? readTensor(field.bytes).tensor : undefined;
}

function attributeField(node: Node, name: string, place: number): Field | undefined {
  const message = node.attributes.get(name);
  return message && readFields(message).find((field) => field.number === place);
}

export type AttributeValue =
  | { int: number }
  | { float: number }
  | { text: string }
  | { ints: readonly number[] };

export function makeNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = "",
): Node {
  return { op, domain, inputs, outputs, attributes: makeAttributes(attributes), rest: [] };
}

export function makeAttributes(
  values: Readonly<Record<string, AttributeValue>>,
): Map<string, Uint8Array> {
  const entries = Object.entries(values);
  return new Map(entries.map(([name, value]) => [name, writeAttribute(name, value)]));
}

function writeAttribute(name: string, value: AttributeValue): Uint8Array {
  const [type, fields] = attributeFields(value);
  return writeFields([
    textField(ATTRIBUTE_NAME, name),
    ...fields,
    { number: ATTRIBUTE_TYPE, kind: "varint", value: BigInt(type) },
  ]);
}

function attributeFields(value: AttributeValue): [number, Field[]] {
  if ("text" in value) return [TYPES.string, [textField(PLACES.string, value.text)]];
  if ("float" in value) {
    const bytes = new Uint8Array(Float32Array.of(value.float).buffer);
    return [TYPES.float, [{ number: PLACES.float, kind: "fixed32", bytes }]];
  }
  const [type, number] = "ints" in value ? [TYPES.ints, PLACES.ints] : [TYPES.int, PLACES.int];
  const ints = "ints" in value ? value.ints : [value.int];
  return [type, ints.map((int): Field => ({ number, kind: "varint", value: BigInt(int) }))];
}

export function bytesOf(fields: readonly Field[], number: number): Uint8Array[] {
  return fields.flatMap((field) =>
    field.number === number && field.kind === "bytes" ? [field.bytes] : [],
  );
}

export function textsOf(fields: readonly Field[], number: number): string[] {
  return bytesOf(fields, number).map((bytes) => new TextDecoder().decode(bytes));
}

export function textField(number: number, text: string): Field {
  return { number, kind: "bytes", bytes: new TextEncoder().encode(text) };
}
