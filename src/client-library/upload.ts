/** A file, whatever it comes as, as the form that the server takes. */

/** Streams are read into memory first. `Bun.file(path)` and Node's `openAsBlob(path)` are not. */
export type OcrFile =
  | Blob
  | Uint8Array
  | ArrayBuffer
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** Where neither the caller nor the file says how it is called. */
const DEFAULT_NAME = "document";

export async function uploadForm(
  file: OcrFile,
  { name, password }: { name?: string | undefined; password?: string | undefined },
): Promise<FormData> {
  const form = new FormData();
  // Before the file: it has to be known when that has arrived.
  if (password !== undefined) form.append("password", password);
  form.append("file", await toBlob(file), name ?? nameOf(file) ?? DEFAULT_NAME);
  return form;
}

function nameOf(file: OcrFile): string | undefined {
  const name = file instanceof Blob && "name" in file ? file.name : undefined;
  // Bun's files have their path as the name.
  return typeof name === "string" ? name.split(/[/\\]/).at(-1) || undefined : undefined;
}

async function toBlob(file: OcrFile): Promise<Blob> {
  if (file instanceof Blob) return file;
  if (file instanceof ArrayBuffer) return new Blob([file]);
  if (file instanceof Uint8Array) return new Blob([new Uint8Array(file)]);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of chunksOf(file)) parts.push(new Uint8Array(part));
  return new Blob(parts);
}

/** Not every browser can loop over a `ReadableStream`. */
async function* chunksOf(
  file: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!("getReader" in file)) {
    yield* file;
    return;
  }
  const reader = file.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
