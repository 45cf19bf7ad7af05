/** Newline-delimited JSON, the form of a stream over plain HTTP: one JSON value a line, UTF-8. */

const encoder = new TextEncoder();

export function encodeNdjsonLine(value: unknown): Uint8Array {
  return encoder.encode(`${JSON.stringify(value)}\n`);
}

export class NdjsonError extends Error {
  override readonly name = "NdjsonError";
}

/** Far above any event; a longer line is no event but a fault or an attack. */
const MAX_LINE_CHARS = 16 * 1024 * 1024;

/**
 * The parsed values of a stream, however its bytes are cut into chunks. Blank lines are skipped, a
 * last line without a line feed counts. Leaving the loop cancels the stream.
 *
 * @throws NdjsonError for a line that is not JSON or longer than `maxLineChars`.
 */
export async function* decodeNdjson(
  stream: ReadableStream<Uint8Array>,
  maxLineChars = MAX_LINE_CHARS,
): AsyncGenerator<unknown, void, undefined> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = text.split("\n");
      lines[0] = rest + (lines[0] ?? "");
      rest = done ? "" : (lines.pop() ?? "");
      if (rest.length > maxLineChars) throw tooLong(maxLineChars);
      for (const line of lines) {
        if (line.length > maxLineChars) throw tooLong(maxLineChars);
        if (line.trim() !== "") yield parseLine(line);
      }
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => {
      // A stream that has failed cannot be cancelled, and need not be.
    });
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new NdjsonError("The stream broke off in the middle of a line.", { cause: error });
  }
}

function tooLong(maxLineChars: number): NdjsonError {
  return new NdjsonError(`A line of the stream is longer than ${maxLineChars} characters.`);
}
