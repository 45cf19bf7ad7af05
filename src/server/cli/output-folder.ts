/**
 * A folder of outputs, one a document. An output appears as a whole or not at all, so one that is
 * there is complete, and a run that was interrupted goes on behind it.
 */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ExportFormat } from "../../client-library/client.ts";

export class OutputFolder {
  readonly #folder: string;
  readonly #format: ExportFormat;

  constructor(folder: string, format: ExportFormat) {
    this.#folder = folder;
    this.#format = format;
  }

  async has(place: string): Promise<boolean> {
    return await Bun.file(this.#path(place)).exists();
  }

  /** @param isComplete false where pages failed: written beside, so that it is tried again. */
  async write(place: string, content: Blob, isComplete: boolean): Promise<void> {
    const partial = this.#path(`${place}.partial`);
    const path = isComplete ? this.#path(place) : partial;
    await mkdir(dirname(path), { recursive: true });
    const unfinished = join(dirname(path), `.${basename(path).slice(0, 60)}.${randomUUID()}`);
    try {
      await Bun.write(unfinished, content);
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    if (isComplete) await rm(partial, { force: true });
  }

  #path(place: string): string {
    return join(this.#folder, `${place}.${this.#format}`);
  }
}
