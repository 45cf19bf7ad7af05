/** Newline-delimited JSON, the form of a stream over plain HTTP: one JSON value a line, UTF-8. */

const encoder = new TextEncoder();

export function encodeNdjsonLine(value: unknown): Uint8Array {
  return encoder.encode(`${JSON.stringify(value)}\n`);
}
