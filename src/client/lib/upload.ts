/** Sends a file to be kept, and tells how far it has got: `fetch` cannot. */
import { ApiError, type Outputs, TRPC_URL } from "./trpc.ts";

export type UploadedDocument = Outputs["documents"]["upload"];

export interface UploadOptions {
  /** Of an encrypted file. */
  password?: string | undefined;
  /** 0–1. */
  onProgress: (share: number) => void;
  signal: AbortSignal;
}

/** @throws ApiError with the server's code, or `network` where there is no answer. */
export async function uploadFile(
  file: File,
  { password, onProgress, signal }: UploadOptions,
): Promise<UploadedDocument> {
  signal.throwIfAborted();
  const form = new FormData();
  if (password !== undefined) form.set("password", password);
  form.set("file", file, file.name);
  const request = new XMLHttpRequest();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (lengthComputable) onProgress(loaded / total);
  });
  request.addEventListener("load", () => resolve(request.responseText));
  request.addEventListener("error", () => reject(new ApiError("network", "")));
  request.addEventListener("abort", () => reject(signal.reason));
  const onAbort = (): void => request.abort();
  signal.addEventListener("abort", onAbort, { once: true });
  request.open("POST", `${TRPC_URL}/documents.upload`);
  request.send(form);
  try {
    return documentIn(await promise);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

interface Answer {
  result?: { data: UploadedDocument };
  error?: { message: string; data?: { code?: string } };
}

function documentIn(text: string): UploadedDocument {
  let answer: Answer;
  try {
    answer = JSON.parse(text);
  } catch {
    // A proxy's own page, such as the one about a body that is too large.
    throw new ApiError("network", "");
  }
  if (answer.result) return answer.result.data;
  throw new ApiError(answer.error?.data?.code ?? "internal", answer.error?.message ?? "");
}
