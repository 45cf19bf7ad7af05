import { describe, expect, test } from "bun:test";
import { AppError } from "../errors.ts";
import { decodeSse } from "./sse.ts";

async function* chunksOf(parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = async (...parts: Uint8Array[]): Promise<string[]> =>
  await Array.fromAsync(decodeSse(chunksOf(parts)));

describe("server-sent events", () => {
  test.each([
    ["data: a\n\ndata: b\n\n", ["a", "b"]],
    ["data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
    ["data: a\r\rdata: b\r\r", ["a", "b"]],
    ["data:a\n\n", ["a"]],
    ["data:  two spaces\n\n", [" two spaces"]],
    ["data: one\ndata: two\n\n", ["one\ntwo"]],
    ["data\n\n", [""]],
    [": comment\n\ndata: a\n: keep-alive\n\n", ["a"]],
    ["event: x\nid: 1\nretry: 5\ndata: a\n\n", ["a"]],
    ["\uFEFFdata: after a BOM\n\n", ["after a BOM"]],
    ["datax: no\n\ndata: a\n\n", ["a"]],
    ["\n\n\n", []],
    // Without its blank line an event is not complete.
    ["data: a\n\ndata: cut", ["a"]],
  ])("%j", async (text, events) => {
    expect(await decode(bytes(text))).toEqual(events);
  });

  test("chunks may be cut anywhere", async () => {
    const all = bytes(
      '\uFEFFdata: {"t":"漢😀é"}\r\n\r\n: c\r\ndata: x\r\ndata: y\r\n\r\ndata: [DONE]\n\n',
    );
    const whole = await decode(all);
    expect(whole).toEqual(['{"t":"漢😀é"}', "x\ny", "[DONE]"]);
    for (let first = 0; first <= all.length; first++) {
      for (let second = first; second <= all.length; second += 3) {
        const parts = [all.slice(0, first), all.slice(first, second), all.slice(second)];
        expect(await decode(...parts)).toEqual(whole);
      }
    }
    expect(await decode(...Array.from(all, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  test("an event without end is refused before it fills the memory", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield bytes("data: ".padEnd(100_000, "x"));
    }
    expect(Array.fromAsync(decodeSse(endless()))).rejects.toBeInstanceOf(AppError);
  });

  test("leaving the loop ends the body", async () => {
    let ended = false;
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield bytes("data: a\n\n");
      } finally {
        ended = true;
      }
    }
    for await (const _event of decodeSse(body())) break;
    expect(ended).toBe(true);
  });
});
