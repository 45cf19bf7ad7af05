import { describe, expect, test } from "bun:test";
import { AppError } from "../errors.ts";
import { SseDecoder } from "./sse.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
function decode(...parts: Uint8Array[]): string[] {
  const decoder = new SseDecoder();
  return parts.flatMap((part) => decoder.push(part));
}

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
  ])("%j", (text, events) => {
    expect(decode(bytes(text))).toEqual(events);
  });

  test("chunks may be cut anywhere", () => {
    const all = bytes(
      '\uFEFFdata: {"t":"漢😀é"}\r\n\r\n: c\r\ndata: x\r\ndata: y\r\n\r\ndata: [DONE]\n\n',
    );
    const whole = decode(all);
    expect(whole).toEqual(['{"t":"漢😀é"}', "x\ny", "[DONE]"]);
    for (let first = 0; first <= all.length; first++) {
      for (let second = first; second <= all.length; second += 3) {
        const parts = [all.slice(0, first), all.slice(first, second), all.slice(second)];
        expect(decode(...parts)).toEqual(whole);
      }
    }
    expect(decode(...Array.from(all, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  test("an event without end is refused before it fills the memory", () => {
    const decoder = new SseDecoder();
    const chunk = bytes("data: ".padEnd(100_000, "x"));
    expect(() => {
      for (;;) decoder.push(chunk);
    }).toThrow(AppError);
  });
});
