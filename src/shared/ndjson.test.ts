import { describe, expect, test } from "bun:test";
import { NdjsonError, decodeNdjson, encodeNdjsonLine } from "./ndjson.ts";

const values = [{ type: "start" }, { delta: "naïve 汉字 😀\n" }, 7, null, "line\u2028end"];

function bytesOf(all: readonly unknown[]): Uint8Array {
  return new Uint8Array(Buffer.concat(all.map((value) => encodeNdjsonLine(value))));
}

/** A stream of the bytes in chunks of `size`, which tells when it is cancelled. */
function streamOf(bytes: Uint8Array, size: number, onCancel?: () => void) {
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += size)));
    },
    cancel: () => onCancel?.(),
  });
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error;
  }
}

const text = (line: string): Uint8Array => new TextEncoder().encode(line);

describe("newline-delimited JSON", () => {
  test.each([1, 2, 3, 7, 1000])("comes back whole from chunks of %d bytes", async (size) => {
    expect(await Array.fromAsync(decodeNdjson(streamOf(bytesOf(values), size)))).toEqual(values);
  });

  test("is one line a value, whatever the value holds", () => {
    for (const value of values) {
      const line = new TextDecoder().decode(encodeNdjsonLine(value));
      expect(line.indexOf("\n")).toBe(line.length - 1);
    }
  });

  test("may have CRLF, blank lines and no line feed at the end", async () => {
    const stream = streamOf(text('1\r\n\n  \n{"a":2}\r\n3'), 4);
    expect(await Array.fromAsync(decodeNdjson(stream))).toEqual([1, { a: 2 }, 3]);
  });

  test("that was cut in mid-line is an error, after the whole lines", async () => {
    const seen: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const value of decodeNdjson(streamOf(text('1\n{"type":"pa'), 5))) seen.push(value);
    };
    expect(await failureOf(read())).toBeInstanceOf(NdjsonError);
    expect(seen).toEqual([1]);
  });

  test.each([3, 1000])("never gathers an endless line (chunks of %d bytes)", async (size) => {
    const stream = streamOf(text(`"${"x".repeat(200)}"\n`), size);
    const reading = Array.fromAsync(decodeNdjson(stream, 100));
    expect(await failureOf(reading)).toBeInstanceOf(NdjsonError);
  });

  test("cancels its stream when the reader leaves", async () => {
    let cancelled = false;
    const stream = streamOf(bytesOf(values), 4, () => {
      cancelled = true;
    });
    for await (const _value of decodeNdjson(stream)) break;
    expect(cancelled).toBe(true);
  });
});
