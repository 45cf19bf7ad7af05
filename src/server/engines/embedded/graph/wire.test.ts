import { describe, expect, test } from "bun:test";
import { type Field, readFields, readPackedVarints, writeFields } from "./wire.ts";

const message: Field[] = [
  { number: 1, kind: "varint", value: 300n },
  { number: 2, kind: "bytes", bytes: Uint8Array.of(104, 105) },
  { number: 3, kind: "fixed32", bytes: Uint8Array.of(0, 0, 128, 63) },
  { number: 4, kind: "fixed64", bytes: new Uint8Array(8) },
  { number: 2047, kind: "varint", value: BigInt.asUintN(64, -1n) },
];

describe("the wire format", () => {
  test("writes what the specification's examples say", () => {
    expect([...writeFields([{ number: 1, kind: "varint", value: 150n }])]).toEqual([8, 0x96, 1]);
    const testing = { number: 2, kind: "bytes", bytes: Buffer.from("testing") } as const;
    expect([...writeFields([testing])]).toEqual([0x12, 7, ...Buffer.from("testing")]);
  });

  test("gives back what it wrote, also fields that nobody knows", () => {
    expect(readFields(writeFields(message))).toEqual(message);
  });

  test("writes a message in a message as its bytes", () => {
    const nested = writeFields([{ number: 7, kind: "message", fields: message }]);
    expect(readFields(nested)).toEqual([{ number: 7, kind: "bytes", bytes: writeFields(message) }]);
  });

  test("unpacks numbers", () => {
    expect(readPackedVarints(Uint8Array.of(3, 0x8e, 2, 0x9e, 0xa7, 5))).toEqual([3n, 270n, 86942n]);
  });

  test.each([
    ["ends in a number", [8, 0x96]],
    ["ends in a tag", [0x80]],
    ["is shorter than a field says", [0x12, 7, 116]],
    ["has a group", [0x0b]],
    ["has a number that is too long", [8, ...Array.from({ length: 11 }, () => 0xff)]],
  ])("refuses a message that %s", (_, bytes) => {
    expect(() => readFields(Uint8Array.from(bytes))).toThrow();
  });
});
