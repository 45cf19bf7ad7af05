/**
 * Protocol Buffers on the wire: a message as the list of its fields, in their order, so that fields
 * nobody here knows survive. Source: https://protobuf.dev/programming-guides/encoding/
 */

export type Field =
  | { number: number; kind: "varint"; value: bigint }
  /** Strings, messages, packed numbers. */
  | { number: number; kind: "bytes"; bytes: Uint8Array }
  | { number: number; kind: "fixed32" | "fixed64"; bytes: Uint8Array };

/** The kinds by their number on the wire; 3 and 4 were groups, which nobody writes any more. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/**
 * @returns views of `bytes`, not copies.
 * @throws Error where the bytes are no message.
 */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const tag = readNumber(cursor);
    fields.push(readField(cursor, Math.floor(tag / 8), tag & 7));
  }
  return fields;
}

interface Cursor {
  bytes: Uint8Array;
  at: number;
}

function readField(cursor: Cursor, number: number, wireType: number): Field {
  switch (wireType) {
    case VARINT:
      return { number, kind: "varint", value: readVarint(cursor) };
    case BYTES:
      return { number, kind: "bytes", bytes: take(cursor, readNumber(cursor)) };
    case FIXED32:
      return { number, kind: "fixed32", bytes: take(cursor, 4) };
    case FIXED64:
      return { number, kind: "fixed64", bytes: take(cursor, 8) };
    default:
      throw new Error(`no field has the wire type ${wireType}`);
  }
}

function take(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw new Error("a field is longer than its message");
  const part = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return part;
}

function readVarint(cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new Error("a number is cut off or too long");
}

/** A tag or a length: short numbers, of which there are many. */
function readNumber(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at] ?? 0;
  if (byte >= 0x80) return Number(readVarint(cursor));
  if (cursor.at++ >= cursor.bytes.length) throw new Error("a number is cut off");
  return byte;
}

/** The numbers of a packed field. */
export function readPackedVarints(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) values.push(readVarint(cursor));
  return values;
}

/** A message in a message need not be bytes before the outer one is. */
export type Draft = Field | { number: number; kind: "message"; fields: readonly Draft[] };

/** The opposite of `readFields`. */
export function writeFields(fields: readonly Draft[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of fields) addParts(parts, field);
  return join(parts);
}

/** @returns the length of what it added. */
function addParts(parts: Uint8Array[], field: Draft): number {
  const add = (...added: Uint8Array[]): number => {
    parts.push(...added);
    return added.reduce((sum, part) => sum + part.length, 0);
  };
  switch (field.kind) {
    case "varint":
      return add(tag(field.number, VARINT), varint(field.value));
    case "fixed32":
      return add(tag(field.number, FIXED32), field.bytes);
    case "fixed64":
      return add(tag(field.number, FIXED64), field.bytes);
    case "bytes": {
      const length = varint(BigInt(field.bytes.length));
      return add(tag(field.number, BYTES), length, field.bytes);
    }
    case "message": {
      const place = parts.push(new Uint8Array()) - 1;
      const length = field.fields.reduce((sum, inner) => sum + addParts(parts, inner), 0);
      const head = join([tag(field.number, BYTES), varint(BigInt(length))]);
      parts[place] = head;
      return head.length + length;
    }
    default:
      return field satisfies never;
  }
}

function tag(number: number, wireType: number): Uint8Array {
  return varint(BigInt(number * 8 + wireType));
}

/** Negative numbers take their ten bytes of two's complement. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
