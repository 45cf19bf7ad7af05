/** ONNX tensors and their numbers. Source: TensorProto in onnx/onnx.proto. */
import { type Field, readFields, readPackedVarints } from "./wire.ts";

export interface Tensor {
  dims: readonly number[];
  /** An element type's number; `FLOAT`, `HALF` and `INT64` are of interest. */
  type: number;
  /** The whole message, but for its name. */
  fields: readonly Field[];
}

export const FLOAT = 1;
const INT8 = 3;
const INT64 = 7;
const HALF = 10;

/** Field numbers. */
const DIMS = 1;
const DATA_TYPE = 2;
const FLOAT_DATA = 4;
const NAME = 8;
const RAW_DATA = 9;

export function readTensor(message: Uint8Array): { name: string; tensor: Tensor } {
  const fields = readFields(message);
  const named = fields.find((field) => field.number === NAME);
  const type = fields.find((field) => field.number === DATA_TYPE);
  return {
    name: named?.kind === "bytes" ? new TextDecoder().decode(named.bytes) : "",
    tensor: {
      dims: readIntegers(fields, DIMS).map(Number),
      type: type?.kind === "varint" ? Number(type.value) : 0,
      fields: fields.filter((field) => field.number !== NAME),
    },
  };
}

/** The fields of a tensor's message. */
export function writeTensor(name: string, { fields }: Tensor): Field[] {
  return [...fields, { number: NAME, kind: "bytes", bytes: new TextEncoder().encode(name) }];
}

/** Repeated integers, packed or one by one, signed. */
export function readIntegers(fields: readonly Field[], number: number): bigint[] {
  return fields
    .filter((field) => field.number === number)
    .flatMap((field) => {
      if (field.kind === "varint") return [field.value];
      return field.kind === "bytes" ? readPackedVarints(field.bytes) : [];
    })
    .map((value) => BigInt.asIntN(64, value));
}

/**
 * The floats of a tensor, the low byte first, as they are on every machine that Bun runs on.
 *
 * @returns undefined where the tensor has no floats, or keeps them one by one or elsewhere.
 */
export function floatBytesOf({ dims, type, fields }: Tensor): Uint8Array | undefined {
  const data = fields.filter(({ number }) => number === RAW_DATA || number === FLOAT_DATA);
  const [part, ...others] = data;
  if (type !== FLOAT || part?.kind !== "bytes" || others.length > 0) return undefined;
  return part.bytes.length === 4 * sizeOf(dims) ? part.bytes : undefined;
}

/**
 * A copy of the halves (IEEE 754 binary16) of a tensor.
 *
 * @returns undefined where the tensor has no halves, or keeps them one by one or elsewhere.
 */
export function halvesOf({ dims, type, fields }: Tensor): Float16Array | undefined {
  const part = fields.find(({ number }) => number === RAW_DATA);
  if (type !== HALF || part?.kind !== "bytes" || part.bytes.length !== 2 * sizeOf(dims)) {
    return undefined;
  }
  const halves = new Float16Array(sizeOf(dims));
  new Uint8Array(halves.buffer).set(part.bytes);
  return halves;
}

/** @param halves are not copied. */
export function halfTensor(dims: readonly number[], halves: Float16Array): Tensor {
  const bytes = new Uint8Array(halves.buffer, halves.byteOffset, halves.byteLength);
  return rawTensor(dims, HALF, bytes);
}

/** @param floats are not copied. */
export function floatTensor(dims: readonly number[], floats: Float32Array): Tensor {
  if (floats.length !== sizeOf(dims))
    throw new Error(`${floats.length} floats for [${dims.join()}]`);
  const bytes = new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
  return rawTensor(dims, FLOAT, bytes);
}

/** @param values are not copied. */
export function int8Tensor(dims: readonly number[], values: Int8Array): Tensor {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return rawTensor(dims, INT8, bytes);
}

export function integerTensor(values: readonly number[]): Tensor {
  const data = BigInt64Array.from(values, BigInt);
  return rawTensor([values.length], INT64, new Uint8Array(data.buffer));
}

function rawTensor(dims: readonly number[], type: number, bytes: Uint8Array): Tensor {
  return {
    dims,
    type,
    fields: [
      ...dims.map((value): Field => ({ number: DIMS, kind: "varint", value: BigInt(value) })),
      { number: DATA_TYPE, kind: "varint", value: BigInt(type) },
      { number: RAW_DATA, kind: "bytes", bytes },
    ],
  };
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
